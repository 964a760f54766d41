import { InkPad } from 'handful/elements';
import { find, findA, make } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { modes, read, write } from './examples.js';

/** @import { Examples, Mode } from './examples.js' */

const PAUSE = 900; // ms; long enough to lift the pen between the strokes of a 4

/**
 * The board where examples are drawn: it asks for the label that has the fewest, and takes what is drawn for it.
 * @param {Mode} mode the first one
 * @param {Examples} examples its examples
 * @returns `setMode(mode, examples)`, `pick(index)`, `add()`, `undo()` and the pad.
 */
export function createBoard(mode, examples) {
  const frame = find('.pad');
  const pad = findA(InkPad, '#pad');
  const byItself = findA(HTMLInputElement, '#by-itself');
  const name = findA(HTMLInputElement, '#name');
  const buttons = {
    add: findA(HTMLButtonElement, '#add'),
    undo: findA(HTMLButtonElement, '#undo'),
    rename: findA(HTMLButtonElement, '#rename'),
    remove: findA(HTMLButtonElement, '#remove'),
  };
  /** What is asked for. @type {string | undefined} */
  let label;
  /** @type {number | undefined} */
  let timer;

  // -------------------------------------------------------- drawing and adding

  pad.addEventListener('input', () => {
    stopWaiting();
    buttons.add.disabled = pad.blank;
    buttons.undo.disabled = pad.blank && !examples.canUndo;
  });
  // A hand that lifts is done, unless it goes on; the keyboard's pen takes longer from stroke to stroke.
  pad.addEventListener('pointerup', () => {
    if (!byItself.checked || pad.blank || pad.drawing) return;
    stopWaiting();
    frame.classList.add('counting');
    timer = setTimeout(add, PAUSE);
  });
  byItself.addEventListener('change', () => {
    stopWaiting();
    void attempt(() => write(pauseKey(), byItself.checked));
  });

  function stopWaiting() {
    clearTimeout(timer);
    timer = undefined;
    frame.classList.remove('counting');
  }

  const pauseKey = () => `handful-teach-pause-${mode}`;

  function add() {
    stopWaiting();
    if (pad.blank || label === undefined) return;
    const { strokes } = pad.value;
    const drawn = label;
    pad.clear();
    label = undefined; // ask for what has the fewest now
    void attempt(() => examples.add(drawn, strokes));
  }

  /** Takes back the last stroke; with a blank pad, the last change to the examples. */
  function undo() {
    if (pad.blank) examples.undo();
    else pad.undo();
  }

  buttons.add.addEventListener('click', add);
  buttons.undo.addEventListener('click', undo);
  find('#clear').addEventListener('click', () => pad.clear());

  // -------------------------------------------------------- labels

  find('#own form').addEventListener('submit', (event) => {
    event.preventDefault();
    edit((to) => examples.addLabel(to));
  });
  buttons.rename.addEventListener('click', () => edit((to) => label !== undefined && examples.renameLabel(label, to)));
  buttons.remove.addEventListener('click', () => attempt(() => label !== undefined && examples.removeLabel(label)));

  /** Changes the labels by the name typed, and asks for that one next. @param {(to: string) => unknown} change */
  function edit(change) {
    const to = name.value.trim();
    void attempt(() => {
      change(to);
      name.value = '';
      choose(to);
    });
  }

  function show() {
    if (label === undefined || !examples.labels.includes(label)) label = examples.wanted;
    const none = label === undefined;
    find('#prompt').textContent = none ? 'Add a symbol' : `Draw ${modes[mode].own ? '' : 'a '}${label}`;
    find('.hint', frame).textContent = label ?? '';
    frame.classList.toggle('word', (label ?? '').length > 2);
    buttons.rename.disabled = buttons.remove.disabled = none;
    buttons.undo.disabled = pad.blank && !examples.canUndo;
    const place = find('#labels');
    const focused = [...place.children].findIndex((each) => each === document.activeElement);
    const chips = examples.labels.map(chip);
    place.replaceChildren(...chips);
    if (focused >= 0) chips.at(focused)?.focus();
  }

  /** @param {string} each */
  function chip(each) {
    const n = examples.of(each).length;
    const button = make(
      'button',
      { type: 'button', 'aria-pressed': String(each === label) },
      make('span', { textContent: each }),
      make('small', { textContent: n > 0 ? String(n) : '·', 'aria-label': `${n} drawn` }),
    );
    button.addEventListener('click', () => choose(each));
    return button;
  }

  /** @param {string | undefined} each */
  function choose(each) {
    if (each === undefined) return;
    if (timer !== undefined) add(); // what was drawn was meant for the label before
    label = each;
    show();
  }

  return {
    pad,
    add,
    undo,
    pick: (/** @type {number} */ index) => choose(examples.labels[index]),
    /**
     * Turns to the examples of a mode; ink on the pad is dropped with the label it was for.
     * @param {Mode} next
     * @param {Examples} its
     */
    setMode(next, its) {
      examples.removeEventListener('change', show);
      mode = next;
      examples = its;
      label = undefined;
      examples.addEventListener('change', show);
      byItself.checked = Boolean(read(pauseKey()) ?? modes[mode].pause);
      find('#own').hidden = !modes[mode].own;
      pad.clear();
      show();
    },
  };
}
