import { make } from './dom.js';
import { thumbnail } from './thumbnail.js';

/** So many drawings fall. */
const MOST = 40;

/** Lets what was drawn rain down once, for who has learned it. @param {readonly import('../teach/examples.js').Example[]} examples */
export function rejoice(examples) {
  const chosen = [...examples].sort(() => Math.random() - 0.5).slice(0, MOST);
  const rain = make('div', { className: 'rain', 'aria-hidden': 'true' }, ...chosen.map(drop));
  document.body.append(rain);
  setTimeout(() => rain.remove(), 4000);
}

/** @param {import('../teach/examples.js').Example} example */
function drop(example) {
  const element = make('span', {}, thumbnail(example));
  for (const [name, value] of Object.entries({
    '--x': Math.random(),
    '--late': Math.random(),
    '--turn': Math.random() - 0.5,
    '--hue': Math.round(360 * Math.random()),
  }))
    element.style.setProperty(name, String(value));
  return element;
}
