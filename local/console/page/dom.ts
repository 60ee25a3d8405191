/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

type Child = Node | string | undefined;
type Properties = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/**
 * Makes an element. Functions become listeners, `true` an empty attribute, `false` and `undefined` none.
 *
 * Text is only ever set as text, so nothing that a log line or an alert says can become markup.
 */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The element of that id; throws where the document has none. */
export function byId<Element extends HTMLElement = HTMLElement>(id: string): Element {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element ${id}`);
  return element as Element;
}

/** Sets text only where it changed, so that nothing is laid out for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute only where it changed; `undefined` takes it away. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** A group of radio buttons with one chosen; the way to choose one of a few, by mouse and by arrow keys. */
export function fillChoice<Value extends number>(
  fieldset: HTMLElement,
  name: string,
  values: readonly { value: Value; label: string; title?: string }[],
  chosen: Value | undefined,
  choose: (value: Value) => void,
): void {
  for (const label of fieldset.querySelectorAll('label')) label.remove();
  for (const { value, label, title } of values) {
    const input = h('input', {
      type: 'radio',
      name,
      value: String(value),
      checked: value === chosen,
      change: () => choose(value),
    });
    fieldset.append(h('label', { title }, input, h('span', {}, label)));
  }
}
