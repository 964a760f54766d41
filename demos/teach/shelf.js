import { forget, load } from 'handful';
import { find, findA, make } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { say, Trouble } from '../shared/say.js';
import { isOwn, keyOf, savedByName } from './net.js';

/**
 * Keeps networks by name in this browser, or forgets them.
 * @param {() => { mode: import('./examples.js').Mode, net: import('./net.js').Net }} current
 * @param {() => void} onOther Told when another network has taken the place of the one in use.
 * @returns `list` shows those of the mode in use.
 */
export function createShelf(current, onOther) {
  const replace = question(findA(HTMLButtonElement, '#save button'), say.teach.reallyReplace);
  find('#save').addEventListener('submit', async (event) => {
    event.preventDefault();
    const name = findA(HTMLInputElement, '#save input').value.trim();
    await attempt(async () => {
      if (isOwn(name)) throw new Trouble(say.teach.ownName({ name }));
      const isTaken = (await savedByName(current().mode)).includes(name);
      if (isTaken && !replace.isAsked) return replace.ask();
      replace.calm();
      await current().net.classifier?.save(keyOf(current().mode, name));
      await list();
      tell(say.teach.about.savedAs({ name }));
    });
  });

  twice(findA(HTMLButtonElement, '#reset'), () =>
    attempt(async () => {
      await current().net.reset();
      onOther();
      tell(say.teach.reset);
    }),
  );

  async function list() {
    find('#saved').replaceChildren(...(await savedByName(current().mode)).map(row));
  }

  /** @param {string} name */
  function row(name) {
    const open = make('button', {
      type: 'button',
      textContent: say.teach.load,
      'aria-label': say.teach.loadNamed({ name }),
    });
    open.addEventListener('click', () =>
      attempt(async () => {
        await current().net.use(await load(`indexeddb:${keyOf(current().mode, name)}`), { from: 'savedAs', name });
        onOther();
        tell(say.teach.loaded({ name }));
      }),
    );
    const drop = make('button', {
      type: 'button',
      textContent: say.teach.forget,
      'aria-label': say.teach.forgetNamed({ name }),
    });
    twice(drop, () =>
      attempt(async () => {
        await forget(keyOf(current().mode, name));
        await list();
        tell(say.teach.forgotten({ name }));
      }),
    );
    return make('li', {}, make('span', { className: 'name', textContent: name }), open, drop);
  }

  return { list: () => attempt(list) };
}

/** @param {string} text */
function tell(text) {
  find('#kept').textContent = text;
}

/**
 * For what cannot be undone: the button asks once more.
 * @param {HTMLButtonElement} button @param {() => unknown} act
 */
function twice(button, act) {
  const really = question(button, say.teach.really);
  button.addEventListener('click', () => {
    if (!really.isAsked) return really.ask();
    really.calm();
    act();
  });
}

/**
 * A button that asks something in its own place, and forgets about it after a while.
 * @param {HTMLButtonElement} button
 * @param {string} asked
 */
function question(button, asked) {
  const { textContent, ariaLabel } = button;
  /** @type {number | undefined} */
  let timer;
  return {
    get isAsked() {
      return timer !== undefined;
    },
    ask() {
      Object.assign(button, { textContent: asked, ariaLabel: ariaLabel && `${ariaLabel}: ${asked}` });
      timer = setTimeout(() => this.calm(), 4000);
    },
    calm() {
      clearTimeout(timer);
      timer = undefined;
      Object.assign(button, { textContent, ariaLabel });
    },
  };
}
