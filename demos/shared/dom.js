/** What the arrow keys move, [x, y], y down. @type {Record<string, [number, number] | undefined>} */
export const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The one element that a selector means; a page without it is broken, so that throws.
 * @param {string} selector
 * @param {ParentNode} [root]
 */
export function find(selector, root = document) {
  return findA(HTMLElement, selector, root);
}

/**
 * The same where it matters what sort of element it is.
 * @template {Element} T
 * @param {new () => T} type
 * @param {string} selector
 * @param {ParentNode} [root]
 */
export function findA(type, selector, root = document) {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`There is no ${selector} on this page.`);
  return element;
}

/**
 * Makes an element: properties are set, those with a hyphen are attributes, children are appended.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]> & { [attribute: `${string}-${string}`]: string }} [properties]
 * @param {...(Node | string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-')) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...children);
  return element;
}

/** What draws on a canvas. @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser has no room left for another picture.');
  return context;
}

/**
 * Whether a key press belongs to what has the focus, as letters do to a text field, and is no shortcut.
 * @param {Event} event
 */
export function isTyping({ target }) {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox], [type=radio]), select, textarea');
}

/** Whether Enter presses what has the focus. @param {Event} event */
export function isPressable({ target }) {
  return target instanceof Element && target.closest('button, a, label, summary') !== null;
}
