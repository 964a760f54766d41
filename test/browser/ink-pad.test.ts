import { assert } from 'chai';
import { emulateMedia, resetMouse, sendKeys, sendMouse } from '@web/test-runner-commands';
import type { Ink, InkPad } from 'handful/elements';
import {
  buttonOf,
  canvasOf,
  emptiedAfterEach,
  heard,
  inked,
  padIn,
  page,
  placeOn,
  point,
  shown,
  stroke,
} from './support/pads.js';

const line = [
  [0.25, 0.25],
  [0.5, 0.5],
  [0.75, 0.75],
] as const;
const diagonal: Ink = { strokes: [line.map(([x, y]) => [x, y])] };
const dot = (x: number, y: number) => [[x, y]] as const;

describe('<ink-pad>: drawing', () => {
  emptiedAfterEach();

  it('draws with a real mouse', async () => {
    const pad = padIn();
    const events = heard(pad, 'strokestart', 'input', 'change');
    const move = (x: number, y: number) => {
      const { clientX, clientY } = placeOn(canvasOf(pad), [x, y]);
      return sendMouse({ type: 'move', position: [Math.round(clientX), Math.round(clientY)] });
    };
    await move(0.25, 0.25);
    await sendMouse({ type: 'down' });
    assert.equal(pad.drawing, 'mouse');
    await move(0.75, 0.25);
    await move(0.75, 0.75);
    await sendMouse({ type: 'up' });
    await resetMouse();
    const [points, ...others] = pad.value.strokes;
    assert.isEmpty(others);
    assert.deepEqual(points?.[0], [0.25, 0.25]);
    assert.deepEqual(points?.at(-1), [0.75, 0.75]);
    assert.deepEqual([events[0], events[1], events.at(-1)], ['strokestart', 'input', 'change']);
    assert.equal(events.filter((name) => name === 'change').length, 1);
    assert.isUndefined(pad.drawing);
    await shown();
    assert.isAbove(inked(pad), 500);
  });

  it('takes every point that passed since the last event, and leaves out jitter', () => {
    const pad = padIn();
    point(pad, 'down', [0.1, 0.1]);
    const between = [0.2, 0.3, 0.301, 0.4].map(
      (x) => new PointerEvent('pointermove', { pointerType: 'touch', ...placeOn(canvasOf(pad), [x, 0.1]) }),
    );
    point(pad, 'move', [0.4, 0.1], { coalescedEvents: between });
    point(pad, 'up', [0.4, 0.1]);
    assert.deepEqual(
      pad.value.strokes[0]?.map(([x]) => x),
      [0.1, 0.2, 0.3, 0.4],
    );
  });

  it('keeps a pen’s pressure, and shows it', async () => {
    const widths: number[] = [];
    for (const pressure of [0.1, 0.9]) {
      const pad = padIn();
      stroke(pad, line, { pointerType: 'pen', pressure });
      assert.deepEqual(pad.value.strokes[0]?.at(1), [0.5, 0.5, pressure]);
      await shown();
      widths.push(inked(pad));
    }
    assert.isAbove(widths[1]!, 2 * widths[0]!);
  });

  it('keeps strokes within the pad', () => {
    const pad = padIn();
    stroke(pad, [
      [0.5, 0.5],
      [1.5, -0.5],
    ]);
    assert.deepEqual(pad.value.strokes, [
      [
        [0.5, 0.5],
        [1, 0],
      ],
    ]);
  });

  it('other buttons of a mouse draw nothing', () => {
    const pad = padIn();
    stroke(pad, line, { pointerType: 'mouse', button: 2 });
    assert.isTrue(pad.blank);
  });

  it('touches on it are no gestures of the page, others are', () => {
    const pad = padIn();
    const touch = () => new Event('touchstart', { bubbles: true, cancelable: true, composed: true });
    const prevented = (target: Element) => !target.dispatchEvent(touch());
    const action = () => getComputedStyle(canvasOf(pad)).touchAction;
    assert.deepEqual([prevented(canvasOf(pad)), prevented(pad), action()], [true, false, 'none']);
    pad.readOnly = true;
    assert.deepEqual([prevented(canvasOf(pad)), action()], [false, 'auto']);
  });
});

describe('<ink-pad>: hands that rest', () => {
  emptiedAfterEach();
  const second = { pointerId: 8, isPrimary: false };
  const pen = { pointerId: 9, pointerType: 'pen', pressure: 0.5 };

  it('a second finger draws nothing, and ends nothing', () => {
    const pad = padIn();
    point(pad, 'down', line[0]);
    stroke(
      pad,
      [
        [0.9, 0.9],
        [0.8, 0.9],
      ],
      second,
    );
    point(pad, 'move', line[1]);
    point(pad, 'up', line[1]);
    assert.deepEqual(
      pad.value.strokes,
      diagonal.strokes.map((points) => points.slice(0, 2)),
    );
  });

  it('a large contact is a palm, also one that grows', () => {
    const pad = padIn();
    stroke(pad, line, { width: 120, height: 60 });
    assert.isTrue(pad.blank);
    const events = heard(pad, 'change');
    point(pad, 'down', line[0], { width: 40 });
    point(pad, 'move', line[1], { width: 110 });
    point(pad, 'move', line[2], { width: 110 });
    point(pad, 'up', line[2], { width: 110 });
    assert.isTrue(pad.blank);
    assert.isEmpty(events);
    stroke(pad, line, { width: 45, height: 50 });
    assert.isFalse(pad.blank);
  });

  it('touches count for nothing while a pen is near', () => {
    const pad = padIn();
    point(pad, 'down', line[0], pen);
    stroke(pad, line);
    point(pad, 'up', line[0], pen);
    stroke(pad, line);
    assert.equal(pad.value.strokes.length, 1);
    const other = padIn();
    point(other, 'move', [0.1, 0.1], pen); // hovers
    stroke(other, line);
    assert.isTrue(other.blank);
  });

  it('a pen takes over from the hand that came down before it', () => {
    const pad = padIn();
    point(pad, 'down', [0.9, 0.9]);
    point(pad, 'move', [0.9, 0.8]);
    stroke(pad, line, pen);
    point(pad, 'move', [0.8, 0.8]);
    point(pad, 'up', [0.8, 0.8]);
    assert.deepEqual(pad.value.strokes, [line.map(([x, y]) => [x, y, 0.5])]);
  });

  it('taps far from the ink are accidents; dots beside it, and on a blank pad, are not', () => {
    const pad = padIn();
    stroke(pad, dot(0.9, 0.9));
    assert.equal(pad.value.strokes.length, 1);
    pad.clear();
    stroke(pad, [
      [0.1, 0.1],
      [0.1, 0.3],
    ]);
    stroke(pad, dot(0.9, 0.9));
    assert.equal(pad.value.strokes.length, 1);
    stroke(pad, dot(0.15, 0.35));
    assert.equal(pad.value.strokes.length, 2);
    stroke(pad, [
      [0.8, 0.8],
      [0.9, 0.8],
    ]); // moved, so it is meant
    assert.equal(pad.value.strokes.length, 3);
  });

  it('what the system cancels leaves nothing, and what could be redone stays', () => {
    const pad = padIn();
    stroke(pad, line);
    pad.undo();
    point(pad, 'down', line[0]);
    point(pad, 'move', line[1]);
    point(pad, 'cancel', line[1]);
    assert.isTrue(pad.blank);
    pad.redo();
    assert.deepEqual(pad.value, diagonal);
  });

  it('a finger whose end was never told does not lock the pad', () => {
    const pad = padIn();
    point(pad, 'down', line[0], { pointerId: 1 });
    stroke(pad, line, { pointerId: 2 });
    assert.equal(pad.value.strokes.length, 2);
  });
});

describe('<ink-pad>: the way back', () => {
  emptiedAfterEach();

  it('undoes and redoes strokes and clearing, and says so', () => {
    const pad = padIn();
    stroke(pad, line);
    stroke(pad, [
      [0.1, 0.9],
      [0.3, 0.9],
    ]);
    const both = pad.value;
    const events = heard(pad, 'input', 'change');
    pad.undo();
    assert.deepEqual(pad.value, diagonal);
    assert.deepEqual([pad.canUndo, pad.canRedo], [true, true]);
    pad.redo();
    assert.deepEqual(pad.value, both);
    pad.clear();
    assert.isTrue(pad.blank);
    pad.undo();
    assert.deepEqual(pad.value, both);
    assert.deepEqual(events, Array.from({ length: 4 }, () => ['input', 'change']).flat());
    pad.undo();
    pad.undo();
    assert.deepEqual([pad.blank, pad.canUndo], [true, false]);
    pad.undo();
    pad.clear();
    assert.equal(events.length, 12, 'what changes nothing tells nothing');
    stroke(pad, line);
    assert.isFalse(pad.canRedo);
  });

  it('a stroke under way is taken back whole', () => {
    const pad = padIn();
    point(pad, 'down', line[0]);
    point(pad, 'move', line[1]);
    pad.undo();
    point(pad, 'move', line[2]);
    assert.isTrue(pad.blank);
  });

  it('has buttons by attribute, whose words a page can translate', () => {
    const pad = padIn('<ink-pad controls><span slot="undo">Rückgängig</span></ink-pad>');
    const undo = buttonOf(pad, 'undo');
    assert.equal(undo.querySelector('slot')?.assignedElements()[0]?.textContent, 'Rückgängig');
    assert.equal(buttonOf(pad, 'redo').innerText, 'Redo');
    assert.equal(undo.ariaDisabled, 'true');
    stroke(pad, line);
    assert.equal(undo.ariaDisabled, 'false');
    undo.click();
    assert.isTrue(pad.blank);
    buttonOf(pad, 'redo').click();
    assert.isFalse(pad.blank);
    pad.readOnly = true;
    buttonOf(pad, 'clear').click();
    assert.isFalse(pad.blank);
    pad.controls = false;
    assert.equal(undo.offsetWidth, 0);
  });
});

describe('<ink-pad>: the keyboard', () => {
  emptiedAfterEach();
  const press = async (...keys: string[]) => {
    for (const each of keys) {
      const [key = '', ...modifiers] = each.split('+').reverse();
      for (const modifier of modifiers) await sendKeys({ down: modifier });
      await sendKeys({ press: key });
      for (const modifier of modifiers) await sendKeys({ up: modifier });
    }
  };

  it('moves a pen by arrows, puts it down and lifts it by Space', async () => {
    const pad = padIn();
    const events = heard(pad, 'strokestart', 'change');
    pad.focus();
    assert.equal(document.activeElement, pad);
    await press('ArrowUp', 'ArrowLeft', 'Space', 'ArrowRight', 'ArrowDown', 'Shift+ArrowDown', 'Space', 'ArrowDown');
    assert.deepEqual(pad.value.strokes, [
      [
        [0.45, 0.45],
        [0.5, 0.45],
        [0.5, 0.5],
        [0.5, 0.51],
      ],
    ]);
    assert.deepEqual(events, ['strokestart', 'change']);
  });

  it('undoes and redoes by the usual keys', async () => {
    const pad = padIn();
    stroke(pad, line);
    pad.focus();
    await press('Control+z');
    assert.isTrue(pad.blank);
    await press('Control+Shift+z');
    assert.isFalse(pad.blank);
    await press('Control+z', 'Control+y');
    assert.isFalse(pad.blank);
  });

  it('shows its pen, and lifts it where the focus goes', async () => {
    const pad = padIn('<ink-pad></ink-pad><button>next</button>');
    await press('Tab'); // so that the focus is by keyboard
    pad.focus();
    await press('ArrowDown');
    await shown();
    const ring = inked(pad);
    assert.isAbove(ring, 0);
    await press('Space', 'ArrowDown', 'Tab');
    assert.isUndefined(pad.drawing);
    await shown();
    assert.equal(pad.value.strokes.length, 1);
    pad.clear();
    await shown();
    assert.equal(inked(pad), 0);
  });

  it('leaves keys to the page that are not for it', async () => {
    const pad = padIn();
    pad.focus();
    const keys: string[] = [];
    const listen = (event: KeyboardEvent) => !event.defaultPrevented && keys.push(event.key);
    addEventListener('keydown', listen);
    await press('Enter', 'c', 'ArrowUp');
    pad.readOnly = true;
    await press('ArrowUp', 'Control+z');
    removeEventListener('keydown', listen);
    assert.deepEqual(keys, ['Enter', 'c', 'ArrowUp', 'Control', 'z']);
  });
});

describe('<ink-pad>: its value', () => {
  emptiedAfterEach();

  it('is copied, going in and coming out', () => {
    const pad = padIn();
    const given = {
      strokes: [
        [
          [0.1, 0.2],
          [0.3, 0.4],
        ],
      ],
    };
    const before = structuredClone(given);
    const events = heard(pad, 'input', 'change');
    pad.value = given;
    given.strokes[0]![0]![0] = 9;
    assert.deepEqual(pad.value, before as Ink);
    pad.value.strokes.push([[0, 0]]);
    pad.value.strokes[0]![0]![0] = 9;
    assert.deepEqual(pad.value, before as Ink);
    assert.isEmpty(events, 'a script knows what it sets');
    pad.value = null;
    assert.isTrue(pad.blank);
  });

  it('set to what it is keeps what can be undone', () => {
    const pad = padIn();
    stroke(pad, line);
    pad.value = pad.value;
    assert.isTrue(pad.canUndo);
    pad.value = { strokes: [] };
    assert.isFalse(pad.canUndo);
  });

  for (const [what, value] of Object.entries({
    'no JSON': '{ strokes',
    'no strokes': { lines: [] },
    'a point of text': { strokes: [[['a', 'b']]] },
    'a point that is not finite': { strokes: [[[0, NaN]]] },
  }))
    it(`refuses ${what} and stays as it was`, () => {
      const pad = padIn();
      stroke(pad, line);
      const set = () => (pad.value = value as never);
      assert.throws(set, /Expected \{ strokes \}/);
      assert.deepEqual(pad.value, diagonal);
    });

  it('of another unit is shown so that it fits, and drawn on in that unit', async () => {
    const pad = padIn();
    pad.value = {
      strokes: [
        [
          [0, 0],
          [400, 800],
        ],
      ],
    };
    await shown();
    assert.isAbove(inked(pad), 1000);
    stroke(pad, [
      [0.5, 0.5],
      [0.25, 0.5],
    ]);
    assert.deepEqual(pad.value.strokes[1], [
      [400, 400],
      [200, 400],
    ]);
  });
});

describe('<ink-pad>: forms', () => {
  emptiedAfterEach();
  const inForm = (attributes: string) =>
    padIn(`<form><label for="pad">Your sign</label><ink-pad id="pad" name="sign" ${attributes}></ink-pad></form>`);
  const sent = (pad: InkPad) => new FormData(pad.form!).get('sign');

  it('sends its strokes as JSON', () => {
    const pad = inForm('');
    assert.deepEqual(JSON.parse(sent(pad) as string), { strokes: [] });
    stroke(pad, line);
    assert.deepEqual(JSON.parse(sent(pad) as string), diagonal);
    assert.equal(pad.form?.elements.namedItem('sign'), pad);
  });

  it('is sent neither without a name nor disabled', () => {
    const pad = inForm('disabled');
    assert.isNull(sent(pad));
    pad.disabled = false;
    assert.isString(sent(pad));
    pad.removeAttribute('name');
    assert.isNull(sent(pad));
  });

  it('returns to the attribute’s value when the form is reset', () => {
    const pad = inForm(`value='${JSON.stringify(diagonal)}'`);
    assert.deepEqual(pad.value, diagonal);
    stroke(pad, [
      [0.1, 0.9],
      [0.2, 0.9],
    ]);
    pad.setAttribute('value', '');
    assert.equal(pad.value.strokes.length, 2, 'what was drawn is not overwritten');
    pad.setAttribute('value', JSON.stringify(diagonal));
    pad.form!.reset();
    assert.deepEqual(pad.value, diagonal);
    assert.isFalse(pad.canUndo);
    pad.removeAttribute('value');
    assert.isTrue(pad.blank);
  });

  it('is missing while it is blank and required, in the browser’s own words', () => {
    const pad = inForm('required');
    const input = Object.assign(document.createElement('input'), { required: true });
    assert.isTrue(pad.validity.valueMissing);
    assert.isFalse(pad.form!.checkValidity());
    assert.equal(pad.validationMessage, input.validationMessage);
    assert.isTrue(pad.matches(':invalid'));
    stroke(pad, line);
    assert.isTrue(pad.form!.checkValidity());
    pad.undo();
    assert.isFalse(pad.checkValidity());
    pad.required = false;
    assert.isTrue(pad.checkValidity());
    pad.setCustomValidity('Too small.');
    assert.deepEqual([pad.validity.customError, pad.validationMessage], [true, 'Too small.']);
    pad.setCustomValidity('');
    assert.isTrue(pad.validity.valid);
  });

  it('takes back the state that a restored page has', () => {
    const pad = inForm('required');
    pad.formStateRestoreCallback(JSON.stringify(diagonal));
    assert.deepEqual(pad.value, diagonal);
    assert.deepEqual(JSON.parse(sent(pad) as string), diagonal);
    assert.isTrue(pad.checkValidity());
  });

  it('disabled, by a fieldset too, and read-only it is not drawn on', () => {
    const pad = padIn('<form><fieldset disabled><ink-pad name="sign"></ink-pad></fieldset></form>');
    stroke(pad, line);
    assert.isTrue(pad.blank);
    assert.equal(canvasOf(pad).ariaDisabled, 'true');
    pad.closest('fieldset')!.disabled = false;
    pad.readOnly = true;
    stroke(pad, line);
    assert.isTrue(pad.blank);
    assert.isString(new FormData(pad.form!).get('sign'), 'read-only is sent');
    pad.readOnly = false;
    stroke(pad, line);
    assert.isFalse(pad.blank);
  });

  it('is focused by its label', () => {
    const pad = inForm('');
    (pad.labels[0] as HTMLElement).click();
    assert.equal(document.activeElement, pad);
  });
});

describe('<ink-pad>: in a page', () => {
  emptiedAfterEach();

  it('is drawn in as many pixels as the screen has, and anew at another size, without loss', async () => {
    const pad = padIn();
    stroke(pad, line);
    await shown();
    const before = { value: pad.value, ink: inked(pad), width: canvasOf(pad).width };
    assert.equal(before.width, Math.round(200 * devicePixelRatio));
    pad.style.inlineSize = '400px';
    await shown();
    assert.equal(canvasOf(pad).width, 2 * before.width);
    assert.approximately(inked(pad) / before.ink, 4, 0.4);
    pad.style.inlineSize = '200px';
    await shown();
    assert.deepEqual(pad.value, before.value);
    assert.equal(inked(pad), before.ink);
  });

  it('is not wiped by a lower shape: ink that would lie below still shows', async () => {
    const pad = padIn();
    stroke(pad, [
      [0.5, 0.1],
      [0.5, 0.9],
    ]);
    pad.style.blockSize = '60px';
    await shown();
    assert.equal(canvasOf(pad).clientHeight, 60);
    assert.isAbove(inked(pad), 100);
    stroke(pad, [
      [0, 0],
      [1, 1],
    ]);
    await shown();
    pad.style.removeProperty('block-size');
    await shown();
    assert.equal(canvasOf(pad).clientHeight, 200);
  });

  it('follows the page’s colours, sizes and preferences', async () => {
    const pad = padIn('<ink-pad style="--ink-color: rgb(255, 0, 0); --ink-width: 4px"></ink-pad>');
    stroke(pad, [
      [0.1, 0.5],
      [0.9, 0.5],
    ]);
    await shown();
    const pixel = () => Array.from(canvasOf(pad).getContext('2d')!.getImageData(100, 100, 1, 1).data.slice(0, 3));
    assert.deepEqual(pixel(), [255, 0, 0]);
    const thin = inked(pad);
    pad.style.setProperty('--ink-color', 'rgb(0, 0, 255)');
    pad.style.setProperty('--ink-width', '10%');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await shown();
    assert.deepEqual(pixel(), [0, 0, 255]);
    assert.isAbove(inked(pad), 3 * thin);
  });

  it('is dark on light and light on dark where a page chooses nothing', async () => {
    const pad = padIn('<ink-pad style="color-scheme: light dark"></ink-pad>');
    const color = () => getComputedStyle(canvasOf(pad)).color;
    await emulateMedia({ colorScheme: 'dark' });
    await shown();
    const dark = color();
    await emulateMedia({ colorScheme: 'light' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual([dark, color()], ['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
  });

  it('hides its hint while there is ink', () => {
    const pad = padIn('<ink-pad><p>sign here</p></ink-pad>');
    const visibility = () => getComputedStyle(pad.querySelector('p')!).visibility;
    assert.equal(visibility(), 'visible');
    stroke(pad, line);
    assert.equal(visibility(), 'hidden');
  });

  it('takes properties that were set before it was defined', () => {
    const place = page('<ink-pad-later></ink-pad-later>');
    const early = place.querySelector('ink-pad-later') as InkPad;
    Object.assign(early, { value: diagonal, required: true, name: 'sign' });
    const InkPadElement = customElements.get('ink-pad')!;
    customElements.define('ink-pad-later', class extends InkPadElement {});
    assert.deepEqual(early.value, diagonal);
    assert.deepEqual([early.hasAttribute('required'), early.getAttribute('name')], [true, 'sign']);
    early.value = null;
    assert.isTrue(early.blank, 'its own setters are in force');
  });

  it('keeps ink and history when it is moved; a stroke under way ends', async () => {
    const pad = padIn('<ink-pad></ink-pad><div></div>');
    stroke(pad, line);
    point(pad, 'down', [0.1, 0.9]);
    pad.nextElementSibling!.append(pad);
    assert.isUndefined(pad.drawing);
    assert.equal(pad.value.strokes.length, 2);
    stroke(pad, [
      [0.3, 0.9],
      [0.4, 0.9],
    ]);
    pad.undo();
    pad.undo();
    assert.deepEqual(pad.value, diagonal);
    await shown();
    assert.isAbove(inked(pad), 500);
  });

  it('works within a shadow root, and its events leave it', () => {
    const host = page('<div></div>').firstElementChild!;
    host.attachShadow({ mode: 'open' }).innerHTML = '<ink-pad style="inline-size: 200px"></ink-pad>';
    const events = heard(document.body, 'strokestart', 'input', 'change');
    stroke(host.shadowRoot!.querySelector('ink-pad')!, line);
    assert.deepEqual(events, ['strokestart', 'input', 'input', 'input', 'change']);
  });

  it('several do not know of each other', () => {
    const [one, other] = page('<ink-pad></ink-pad><ink-pad></ink-pad>').querySelectorAll('ink-pad');
    point(one!, 'down', line[0]);
    stroke(other!, line, { pointerId: 8, isPrimary: false });
    point(one!, 'up', line[0]);
    assert.deepEqual([one!.value.strokes.length, other!.value.strokes.length], [1, 1]);
    one!.clear();
    assert.isFalse(other!.blank);
  });

  it('from right to left, ink stays where it is drawn and buttons begin at the right', () => {
    const pad = padIn('<ink-pad dir="rtl" controls></ink-pad>');
    stroke(pad, [
      [0.1, 0.5],
      [0.2, 0.5],
    ]);
    assert.equal(pad.value.strokes[0]?.[0]?.[0], 0.1);
    const left = (name: string) => buttonOf(pad, name).getBoundingClientRect().left;
    assert.isAbove(left('undo'), left('redo'));
  });

  it('has a name by label, by attribute, or by what it is', async () => {
    const name = (pad: Element) => canvasOf(pad).ariaLabel;
    const [labelled, named, plain] = page(
      '<ink-pad id="before"></ink-pad><label for="before">Sign</label><ink-pad aria-label="Draw"></ink-pad><ink-pad></ink-pad>',
    ).querySelectorAll('ink-pad');
    await shown();
    assert.deepEqual(
      [labelled, named, plain].map((pad) => name(pad!)),
      ['Sign', 'Draw', 'Drawing pad'],
    );
    named!.ariaLabel = 'Zeichnen';
    assert.equal(name(named!), 'Zeichnen');
  });
});
