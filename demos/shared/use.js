import { find, make } from './dom.js';
import { attempt } from './notice.js';
import { oneFile } from './one-file.js';
import { saveFile } from './save-file.js';
import { say as words } from './say.js';
import { snippets } from './snippets.js';

/** @import { Classifier } from 'handful' */

const WEIGHTS = 'my-network.safetensors';

/**
 * Fills `#use`: the few lines that put the network at hand in a page of one's own.
 * @param {() => { classifier: Classifier | undefined, id: string | undefined }} current `id` of a pretrained network;
 *   one that was taught has its weights in a file.
 */
export function createUse(current) {
  const place = find('#use');
  const code = make('code');
  const block = make('pre', { tabIndex: 0, dir: 'ltr' }, code);
  const before = make('kbd', { dir: 'ltr' });
  const said = make('p', { className: 'soft', role: 'status' });
  const menu = make('select');
  const copy = make('button', { type: 'button', textContent: words.use.copy });
  const weights = make('button', { type: 'button', textContent: words.use.weights });
  const beside = make('p', { className: 'soft', textContent: words.use.beside });
  const whole = make('button', { type: 'button', textContent: words.use.whole });
  place.append(
    make(
      'div',
      { className: 'tools' },
      make('label', { className: 'field' }, words.use.framework, menu),
      copy,
      weights,
    ),
    beside,
    make('p', {}, before),
    block,
    make('p', { className: 'soft', textContent: words.use.wholeWhy }),
    make('div', { className: 'tools' }, whole),
    said,
  );

  function show() {
    const { id } = current();
    const list = snippets(id ?? `./${WEIGHTS}`);
    if (menu.options.length === 0)
      menu.append(...list.map(({ name }) => make('option', { value: name, textContent: name })));
    const { before: command, code: text } = list[Math.max(0, menu.selectedIndex)];
    before.textContent = command;
    code.textContent = text;
    weights.hidden = beside.hidden = id !== undefined;
  }

  /** @param {string} text */
  const say = (text) => (said.textContent = text);

  copy.addEventListener('click', () =>
    attempt(async () => {
      await navigator.clipboard.writeText(code.textContent);
      say(words.use.copied);
    }),
  );
  weights.addEventListener('click', () =>
    attempt(async () => {
      const { classifier } = current();
      if (!classifier) return;
      saveFile(await classifier.export(), WEIGHTS);
      say(words.use.saved({ name: WEIGHTS }));
    }),
  );
  whole.addEventListener('click', () =>
    attempt(async () => {
      const { classifier } = current();
      if (!classifier) return;
      saveFile(await oneFile(classifier, 'handful'), 'handful.html');
      say(words.use.saved({ name: 'handful.html' }));
    }),
  );
  menu.addEventListener('change', show);
  place.addEventListener('toggle', show);
  return show;
}
