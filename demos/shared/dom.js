/** The one element that a selector means; a page without it is broken, so that throws. */
export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`There is no ${selector} on this page.`);
  return element;
}

/** Makes an element: properties are set, children appended. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Whether a key press belongs to what has the focus, as letters do to a text field, and is no shortcut. */
export function isTyping({ target }) {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox], [type=radio]), select, textarea');
}

/** @param {number} share 0 to 1 */
export function percent(share) {
  return `${Math.round(100 * share)}\u202f%`;
}

/** `1 example`, `2 examples`. */
export function count(n, noun) {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
