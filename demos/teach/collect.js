import { InkPad } from 'handful/elements';
import { takeCarried } from '../shared/carry.js';
import { find, findA } from '../shared/dom.js';
import { attempt } from '../shared/notice.js';
import { say } from '../shared/say.js';
import { showChips } from './chips.js';
import { modes } from './examples.js';
import { showLibrary } from './library.js';
import { isStray } from './stray.js';
import { thumbnail } from '../shared/thumbnail.js';

/** @import { Examples, Mode } from './examples.js' */

const PAUSE = 900; // ms; long enough to lift the pen between the strokes of a 4

/**
 * The board where examples are drawn: it asks for a label, and takes what is drawn for it.
 * @param {Mode} mode the first one
 * @param {Examples} examples its examples
 * @returns `setMode(mode, examples)`, `pick(index)`, `add()`, `undo()`, `tell(text)` and the pad.
 */
export function createBoard(mode, examples) {
  const frame = find('#draw .pad');
  const pad = findA(InkPad, '#pad');
  const name = findA(HTMLInputElement, '#name');
  const added = find('#added');
  const buttons = {
    undo: findA(HTMLButtonElement, '#undo'),
    clear: findA(HTMLButtonElement, '#clear'),
    add: findA(HTMLButtonElement, '#add'),
    remove: findA(HTMLButtonElement, '#remove'),
  };
  /** What is asked for; none is a symbol that is still to be named. @type {string | undefined} */
  let label;
  /** What draws, or drew last. @type {string | undefined} */
  let tool;
  /** @type {number | undefined} */
  let timer;
  /** Whether what was left out of the examples can be taken back to the pad. */
  let leftOut = false;

  // -------------------------------------------------------- drawing and adding

  pad.addEventListener('strokestart', () => {
    tool = pad.drawing;
    leftOut = false;
    added.replaceChildren();
    name.blur(); // a finger that draws leaves the focus where it is
  });
  pad.addEventListener('input', () => {
    stopWaiting();
    showTools();
  });
  // A hand that lifts is done, unless it goes on; the keyboard's pen takes longer from stroke to stroke.
  pad.addEventListener('pointerup', () => {
    if (pad.blank || pad.drawing) return;
    stopWaiting();
    frame.classList.add('counting');
    timer = setTimeout(settle, PAUSE);
  });

  function stopWaiting() {
    clearTimeout(timer);
    timer = undefined;
    frame.classList.remove('counting');
  }

  /** Takes what was drawn, unless it looks like none. */
  function settle() {
    const others = label === undefined ? [] : examples.of(label).map(({ strokes }) => strokes);
    if (!isStray(pad.value.strokes, { tool, label, others })) return add();
    stopWaiting();
    pad.clear();
    leftOut = true;
    tell(say.teach.leftOut);
  }

  function add() {
    stopWaiting();
    if (pad.blank) return;
    const { strokes } = pad.value;
    const drawn = label ?? freeName();
    pad.clear();
    label = drawn;
    void attempt(() => {
      examples.add(drawn, strokes);
      label = examples.next(label);
      show();
      tell(say.teach.added({ label: drawn }), thumbnail({ strokes }));
    });
  }

  /** Takes pictures of what is asked for. @param {string[]} pictures */
  function takePictures(pictures) {
    const shown = label ?? freeName();
    void attempt(() => {
      label = shown;
      examples.addAll(pictures.map((picture) => ({ label: shown, strokes: [], picture })));
      tell(
        say.teach.pictures({ n: pictures.length, label: shown }),
        ...pictures.slice(-1).map((picture) => thumbnail({ strokes: [], picture })),
      );
    });
  }

  /** A name for a symbol that was given none. */
  function freeName() {
    let n = examples.labels.length + 1;
    const numbered = say.teach.numbered[mode];
    while (examples.labels.includes(numbered({ n }))) n++;
    return numbered({ n });
  }

  /** Takes back the last stroke; with a blank pad, the last change to the examples. */
  function undo() {
    if (!pad.blank || leftOut) pad.undo();
    else {
      examples.undo();
      label = examples.next();
      show();
    }
    leftOut = false;
    tell();
  }

  buttons.add.addEventListener('click', add);
  buttons.undo.addEventListener('click', undo);
  buttons.clear.addEventListener('click', () => pad.clear());

  /** Says what was done last, beside the button that undoes it. @param {string} [text] @param {...Node} pictures */
  function tell(text, ...pictures) {
    added.replaceChildren(...pictures, text ?? (examples.all.length === 0 ? say.teach.hint[mode] : ''));
    showTools();
  }

  function showTools() {
    const focused = [buttons.add, buttons.clear].find((button) => button === document.activeElement);
    added.hidden = !pad.blank;
    buttons.clear.hidden = buttons.add.hidden = pad.blank;
    buttons.undo.hidden = pad.blank && !leftOut && !examples.canUndo;
    if (focused?.hidden) pad.focus();
  }

  // -------------------------------------------------------- labels

  name.addEventListener('change', () => {
    const [from, to] = [label, name.value.trim()];
    void attempt(() => {
      if (to === (from ?? '')) return;
      label = to; // what is shown after the change
      try {
        if (from === undefined) examples.addLabel(to);
        else examples.renameLabel(from, to);
      } catch (error) {
        label = from;
        show();
        throw error;
      }
    });
  });
  name.addEventListener('keydown', ({ key }) => key === 'Enter' && name.blur());
  buttons.remove.addEventListener('click', () =>
    attempt(() => {
      const removed = label;
      if (removed === undefined) return;
      examples.removeLabel(removed);
      tell(say.teach.removed({ label: removed }));
    }),
  );
  find('#remove-all').addEventListener('click', () =>
    attempt(() => {
      examples.removeAll();
      tell(say.teach.allRemoved);
    }),
  );

  function show() {
    const { own, camera } = modes[mode];
    frame.hidden = camera;
    find('#scene').hidden = find('#record').hidden = !camera;
    if (label !== undefined && !examples.labels.includes(label)) label = examples.next();
    if (!own) label ??= examples.next();
    find('#prompt').textContent = label === undefined ? say.teach.askNew[mode] : say.teach.ask[mode]({ label });
    find('.hint', frame).textContent = label ?? '';
    frame.classList.toggle('word', (label ?? '').length > 2);
    find('#own').hidden = !own;
    name.value = label ?? '';
    buttons.remove.hidden = label === undefined;
    findA(HTMLButtonElement, '#remove-all').disabled = examples.all.length === 0;
    showChips(examples, label, choose);
    showLibrary(examples, label, (from) => tell(say.teach.takenOut({ label: from })));
    showTools();
  }

  /** @param {string | undefined} each */
  function choose(each) {
    if (timer !== undefined) settle(); // what was drawn was meant for the label before
    label = each;
    show();
  }

  return {
    pad,
    add,
    undo,
    tell,
    takePictures,
    pick: (/** @type {number} */ index) => index in examples.labels && choose(examples.labels[index]),
    /** Takes what was drawn on another page: for a symbol of its own, if there may be such. */
    receive() {
      if (!takeCarried(pad)) return;
      if (modes[mode].own) label = undefined;
      show();
    },
    /**
     * Turns to the examples of a mode; ink on the pad is dropped with the label it was for.
     * @param {Mode} next
     * @param {Examples} its
     */
    setMode(next, its) {
      examples.removeEventListener('change', show);
      mode = next;
      examples = its;
      label = examples.next();
      examples.addEventListener('change', show);
      pad.clear();
      leftOut = false;
      show();
      tell();
    },
  };
}
