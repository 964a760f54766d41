// What both elements need of the DOM.

/** What elements extend. Where there is no DOM, as on a server, there is something to extend all the same. */
export const BaseElement = globalThis.HTMLElement ?? Object;

/** Defines an element where there are any, unless the page has one of this name. */
export function define(name: string, type: CustomElementConstructor): void {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, type);
}

/** An element with attributes and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const sheets = new Map<string, CSSStyleSheet>();

/** A shadow root of one's own. Its style is a constructed sheet, which content security policies allow. */
export function shadowOf(host: HTMLElement, css: string, ...children: Node[]): ShadowRoot {
  const root = host.attachShadow({ mode: 'open', delegatesFocus: true });
  const sheet = sheets.get(css) ?? new CSSStyleSheet();
  if (!sheets.has(css)) sheet.replaceSync(css);
  sheets.set(css, sheet);
  root.adoptedStyleSheets = [sheet];
  root.append(...children);
  return root;
}

/** Makes properties of attributes that are there or not. */
export function reflect(prototype: HTMLElement, attributes: Readonly<Record<string, string>>): void {
  for (const [property, attribute] of Object.entries(attributes))
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement) {
        return this.hasAttribute(attribute);
      },
      set(this: HTMLElement, value: unknown) {
        this.toggleAttribute(attribute, Boolean(value));
      },
    });
}

/** Gives properties that were set before the element was defined to its own setters, which they hide. */
export function takeEarlyProperties(element: HTMLElement): void {
  for (const name of Object.keys(element)) {
    if (!(name in Object.getPrototypeOf(element))) continue;
    const value: unknown = Reflect.get(element, name);
    Reflect.deleteProperty(element, name);
    Reflect.set(element, name, value);
  }
}
