// Pads and fields in the hands of pages and people who do not do what is usual.

import { assert } from 'chai';
import { sendKeys } from '@web/test-runner-commands';
import type { Prediction } from 'handful';
import type { DigitClassifier, InkPad } from 'handful/elements';
import { sleep } from '../support/sdk-classifiers.js';
import { inputIn, padOf, until, within } from './support/digit-inputs.js';
import { emptiedAfterEach, heard, padIn, page, point, shown, stroke } from './support/pads.js';

const one = [
  [0.5, 0.1],
  [0.5, 0.9],
] as const;
const mouse = { pointerType: 'mouse', pointerId: 1 };

const soon = (isSo: () => boolean) => until(isSo, String(isSo), 5000);
const answer = (label: string): Prediction => ({ label, confidence: 0.5, probabilities: [0.2, 0.5, 0.3] });
const reads = (label: string): DigitClassifier => ({ labels: ['0', '1', '2'], predict: async () => answer(label) });

/** What a form would give back to an element when its page is restored, as it was told last. */
function statesOf(act: () => void): unknown[] {
  const states: unknown[] = [];
  const { setFormValue } = ElementInternals.prototype;
  ElementInternals.prototype.setFormValue = function (value, state) {
    states.push(state);
    setFormValue.call(this, value, state);
  };
  try {
    act();
  } finally {
    ElementInternals.prototype.setFormValue = setFormValue;
  }
  return states;
}

describe('<ink-pad>: hands that are interrupted', () => {
  emptiedAfterEach();

  for (const [how, stop] of Object.entries<(pad: InkPad) => unknown>({
    disabled: (pad) => (pad.disabled = true),
    'disabled with its fieldset': (pad) => (pad.closest('fieldset')!.disabled = true),
    'read-only': (pad) => (pad.readOnly = true),
  }))
    it(`a stroke ends when the pad becomes ${how}`, () => {
      const pad = padIn('<fieldset><ink-pad></ink-pad></fieldset>');
      const events = heard(pad, 'change');
      point(pad, 'down', [0.5, 0.1]);
      stop(pad);
      assert.isUndefined(pad.drawing);
      assert.deepEqual(events, ['change']);
      point(pad, 'move', [0.5, 0.9]);
      point(pad, 'up', [0.5, 0.9]);
      assert.deepEqual(pad.value.strokes, [[[0.5, 0.1]]]);
    });

  it('a keyboard’s stroke ends when the pad becomes read-only', async () => {
    const pad = padIn();
    pad.focus();
    await sendKeys({ press: 'Space' });
    assert.equal(pad.drawing, 'keyboard');
    pad.readOnly = true;
    assert.isUndefined(pad.drawing);
  });

  it('removed in the middle of a stroke and put back, it takes any other pointer', () => {
    const pad = padIn('<ink-pad></ink-pad><div></div>');
    const place = pad.nextElementSibling!;
    point(pad, 'down', [0.1, 0.1], mouse);
    pad.remove();
    place.append(pad); // the mouse's end is told to nobody here
    stroke(pad, one, { pointerType: 'touch', pointerId: 2 });
    assert.equal(pad.value.strokes.length, 2);
  });

  it('hidden in the middle of a stroke, it draws on to nowhere', () => {
    const pad = padIn();
    point(pad, 'down', [0.5, 0.5]);
    pad.hidden = true;
    point(pad, 'move', [0.5, 0.5], { clientX: 90, clientY: 90 });
    pad.hidden = false;
    point(pad, 'up', [0.5, 0.5]);
    assert.deepEqual(pad.value.strokes, [[[0.5, 0.5]]]);
  });

  it('Space in the middle of a pointer’s stroke puts no second pen down', async () => {
    const pad = padIn();
    pad.focus();
    point(pad, 'down', [0.5, 0.1]);
    await sendKeys({ press: 'Space' });
    point(pad, 'move', [0.5, 0.9]);
    point(pad, 'up', [0.5, 0.9]);
    assert.deepEqual(pad.value.strokes, [one.map(([x, y]): [number, number] => [x, y])]);
  });

  it('resized in the middle of a stroke, ink stays under the hand', async () => {
    const pad = padIn();
    point(pad, 'down', [0.25, 0.25]);
    pad.style.inlineSize = '400px';
    await shown();
    point(pad, 'move', [0.75, 0.75]);
    point(pad, 'up', [0.75, 0.75]);
    assert.deepEqual(pad.value.strokes, [
      [
        [0.25, 0.25],
        [0.75, 0.75],
      ],
    ]);
  });
});

describe('<ink-pad>: odd values', () => {
  emptiedAfterEach();

  it('takes strokes of another realm, also when that is gone', async () => {
    const frame = page('<iframe></iframe>').querySelector('iframe')!;
    const { JSON: otherJSON } = frame.contentWindow as Window & typeof globalThis;
    const pad = padIn();
    pad.value = otherJSON.parse('{"strokes":[[[0.5,0.1],[0.5,0.9]]]}') as never;
    frame.remove();
    stroke(pad, [
      [0.1, 0.1],
      [0.2, 0.2],
    ]);
    assert.equal(pad.value.strokes.length, 2);
    assert.instanceOf(pad.value.strokes, Array);
    await shown();
  });

  it('refuses lists with holes', () => {
    const pad = padIn();
    for (const strokes of [[[, [0.5, 0.5]]], [, [[0.5, 0.5]]]])
      assert.throws(() => (pad.value = { strokes } as never), /Expected \{ strokes \}/);
    assert.isTrue(pad.blank);
  });

  it('leaves out a pressure that is not finite', () => {
    const pad = padIn();
    pad.value = { strokes: [[[0.5, 0.5, NaN]]] };
    assert.deepEqual(pad.value.strokes, [[[0.5, 0.5]]]);
  });
});

describe('<digit-input>: interrupted', () => {
  emptiedAfterEach();

  it('what is being typed is not overwritten by an answer that comes late', async () => {
    let tell: (prediction: Prediction) => void = () => {};
    const input = inputIn(undefined, { labels: ['1'], predict: () => new Promise((resolve) => (tell = resolve)) });
    stroke(padOf(input), one);
    await sleep(400);
    within(input, '[part=field]').focus();
    await sendKeys({ type: '9' });
    tell(answer('1'));
    await sleep(50);
    assert.equal(input.value, '9');
  });

  it('the focus stays within when a choice is taken by keyboard', async () => {
    const input = inputIn(undefined, reads('1'));
    stroke(padOf(input), one);
    await soon(() => Boolean(input.shadowRoot!.querySelector('[part=choice]')));
    input.shadowRoot!.querySelector<HTMLElement>('[part=choice]')!.focus();
    await sendKeys({ press: 'Enter' });
    assert.equal(input.value, '2');
    await soon(() => !input.shadowRoot!.querySelector('[part=choice]'));
    assert.equal(document.activeElement, input);
  });

  it('learning that is aborted is thrown, and is no error to show', async () => {
    const controller = new AbortController();
    const input = inputIn(undefined, {
      ...reads('1'),
      fineTune: (_, { signal } = {}) =>
        new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error))),
    });
    const events = heard(input, 'error');
    const learning = input.learn({ signal: controller.signal });
    await soon(() => within(input, '[part=status]').textContent === 'Learning…');
    controller.abort();
    const reason = await learning.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.equal(reason, controller.signal.reason);
    assert.isEmpty(events);
    assert.equal(within(input, '[part=status]').textContent, '');
  });

  it('removed while the hand rests, it reads nothing; put back, it does', async () => {
    let asked = 0;
    const input = inputIn(undefined, { labels: ['1'], predict: async () => (asked++, answer('1')) });
    const place = input.parentElement!;
    stroke(padOf(input), one);
    input.remove();
    await sleep(500);
    assert.equal(asked, 0);
    place.append(input);
    await soon(() => input.value === '1');
  });

  it('a classifier that is disposed of while it reads is followed by the next one', async () => {
    const disposed = new Error('It is disposed of.');
    let end: (reason: Error) => void = () => {};
    const input = inputIn(undefined, { labels: ['1'], predict: () => new Promise((_, reject) => (end = reject)) });
    const events = heard(input, 'error');
    stroke(padOf(input), one);
    await sleep(400);
    end(disposed);
    input.classifier = reads('2');
    await soon(() => input.value === '2');
    assert.isEmpty(events, 'the page knows what it has done');
  });
});

describe('<digit-input>: what frameworks hand over', () => {
  emptiedAfterEach();

  it('nothing is no text, and no words and no samples', () => {
    const input = inputIn();
    input.value = '5';
    for (const property of ['value', 'words', 'samples', 'classifier', 'model'])
      for (const nothing of [undefined, null]) Reflect.set(input, property, nothing);
    assert.deepEqual([input.value, input.words, input.samples], ['', {}, []]);
  });

  it('a number is its text, and set again clears nothing', () => {
    const input = inputIn();
    Reflect.set(input, 'value', 5);
    stroke(padOf(input), one);
    Reflect.set(input, 'value', 5);
    assert.deepEqual([input.value, padOf(input).blank], ['5', false]);
  });

  it('a restored field is restored once more, and keeps what a person said', async () => {
    const ink = JSON.stringify({ strokes: [[[0.5, 0.1]]] });
    const state = JSON.stringify({ value: '9', ink });
    const input = inputIn();
    const states = statesOf(() => input.formStateRestoreCallback(state));
    assert.equal(states.filter((each) => String(each).startsWith('{"value"')).at(-1), state);
    input.classifier = reads('1');
    await sleep(500);
    assert.equal(input.value, '9');
  });

  it('ink that is read as before is restored too', async () => {
    const input = inputIn(undefined, reads('1'));
    stroke(padOf(input), one);
    await soon(() => input.value === '1');
    const states = statesOf(() => stroke(padOf(input), one));
    const { ink } = JSON.parse(String(states.at(-1))) as { ink: string };
    assert.equal(ink, JSON.stringify(padOf(input).value));
  });
});
