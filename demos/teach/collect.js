import { find, make } from '../shared/dom.js';
import { addKeyboardPen } from '../shared/keyboard-pen.js';
import { attempt } from '../shared/notice.js';
import { Pad } from '../shared/pad.js';
import { modes, read, write } from './examples.js';

const PAUSE = 900; // ms; long enough to lift the pen between the strokes of a 4

/**
 * The board where examples are drawn: it asks for the label that has the fewest, and takes what is drawn for it.
 * @returns `setMode(mode, examples)`, `pick(index)`, `add()`, `undo()` and the pad.
 */
export function createBoard() {
  const canvas = find('#pad');
  const frame = canvas.parentElement;
  const pad = new Pad(canvas);
  addKeyboardPen(pad, canvas);
  const byItself = find('#by-itself');
  const name = find('#name');
  let examples;
  let mode;
  let label;
  let timer;

  // -------------------------------------------------------- drawing and adding

  pad.addEventListener('change', () => {
    stopWaiting();
    frame.classList.toggle('blank', pad.isBlank);
    find('#add').disabled = pad.isBlank;
    find('#undo').disabled = pad.isBlank && !examples.canUndo;
  });
  pad.addEventListener('stroke', () => {
    if (!byItself.checked || pad.isBlank) return;
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
    if (pad.isBlank || label === undefined) return;
    const { strokes } = pad;
    const drawn = label;
    pad.clear();
    label = undefined; // ask for what has the fewest now
    void attempt(() => examples.add(drawn, strokes));
  }

  /** Takes back the last stroke; with a blank pad, the last change to the examples. */
  function undo() {
    if (pad.isBlank) examples.undo();
    else pad.undo();
  }

  find('#add').addEventListener('click', add);
  find('#undo').addEventListener('click', undo);
  find('#clear').addEventListener('click', () => pad.clear());

  // -------------------------------------------------------- labels

  find('#own form').addEventListener('submit', (event) => {
    event.preventDefault();
    edit((to) => examples.addLabel(to));
  });
  find('#rename').addEventListener('click', () => edit((to) => examples.renameLabel(label, to)));
  find('#remove').addEventListener('click', () => attempt(() => examples.removeLabel(label)));

  /** Changes the labels by the name typed, and asks for that one next. */
  function edit(change) {
    const to = name.value.trim();
    void attempt(() => {
      change(to);
      name.value = '';
      choose(to);
    });
  }

  function show() {
    if (!examples.labels.includes(label)) label = examples.wanted;
    const none = label === undefined;
    find('#prompt').textContent = none ? 'Add a symbol' : `Draw ${modes[mode].own ? label : `a ${label}`}`;
    find('.hint', frame).textContent = label ?? '';
    frame.classList.toggle('word', (label ?? '').length > 2);
    find('#rename').disabled = find('#remove').disabled = none;
    find('#undo').disabled = pad.isBlank && !examples.canUndo;
    const place = find('#labels');
    const focused = [...place.children].indexOf(document.activeElement);
    place.replaceChildren(...examples.labels.map(chip));
    place.children[focused]?.focus();
  }

  function chip(each) {
    const n = examples.of(each).length;
    const button = make(
      'button',
      { type: 'button', 'aria-pressed': String(each === label) },
      make('span', { textContent: each }),
      make('small', { textContent: n || '·', 'aria-label': `${n} drawn` }),
    );
    button.addEventListener('click', () => choose(each));
    return button;
  }

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
    pick: (index) => choose(examples.labels[index]),
    /** Turns to the examples of a mode; ink on the pad is dropped with the label it was for. */
    setMode(next, its) {
      examples?.removeEventListener('change', show);
      [mode, examples, label] = [next, its, undefined];
      examples.addEventListener('change', show);
      byItself.checked = read(pauseKey()) ?? modes[mode].pause;
      find('#own').hidden = !modes[mode].own;
      pad.clear();
      show();
    },
  };
}
