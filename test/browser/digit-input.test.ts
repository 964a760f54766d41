import { assert } from 'chai';
import { sendKeys } from '@web/test-runner-commands';
import { HandfulError, load } from 'handful';
import type { Prediction } from 'handful';
import type { DigitClassifier, DigitInput } from 'handful/elements';
import { disposedAfterEach, sleep } from '../support/sdk-classifiers.js';
import { inputIn, padOf, until, within } from './support/digit-inputs.js';
import { canvasOf, emptiedAfterEach, heard, stroke } from './support/pads.js';

const one = [
  [0.5, 0.1],
  [0.5, 0.9],
] as const;
const seven = [
  [0.3, 0.2],
  [0.7, 0.2],
  [0.45, 0.85],
] as const;
const labels = [...'0123456789'];

const fieldOf = (input: DigitInput) => within<HTMLInputElement>(input, '[part=field]');
const statusOf = (input: DigitInput) => within(input, '[part=status]').innerText;
const choicesOf = (input: DigitInput) => [...input.shadowRoot!.querySelectorAll<HTMLElement>('[part=choice]')];

const answer = (label: string, confidence: number): Prediction => ({
  label,
  confidence,
  probabilities: labels.map((each) => (each === label ? confidence : (1 - confidence) / 9)),
});

/** Answers what it is told to, when it is told to. */
function scripted(...answers: (Prediction | Error)[]) {
  const asked: { signal: AbortSignal | undefined; points: number }[] = [];
  const classifier: DigitClassifier = {
    labels,
    async predict({ strokes }, { signal } = {}) {
      asked.push({ signal, points: strokes.flat().length });
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next ?? answer('3', 0.5);
    },
  };
  return { classifier, asked };
}

describe('<digit-input>: reading', () => {
  emptiedAfterEach();
  const disposed = disposedAfterEach();

  it('reads what is drawn with a classifier of handful’s, once the hand rests, into a form', async () => {
    const classifier = await disposed(load('mnist-lenet5', { backend: 'wasm' }));
    const input = inputIn('<form><digit-input name="digit" required></digit-input></form>', classifier);
    const events = heard(input, 'input', 'change');
    assert.isTrue(input.validity.valueMissing);
    stroke(padOf(input), seven);
    assert.isEmpty(events, 'drawing is not yet an answer');
    await until(() => input.value === '7');
    assert.deepEqual(events, ['input', 'change']);
    assert.equal(new FormData(input.form!).get('digit'), '7');
    assert.isTrue(input.checkValidity());
    assert.equal(fieldOf(input).value, '7');
    input.dir = 'rtl';
    assert.equal(getComputedStyle(fieldOf(input)).direction, 'ltr', 'numbers are written so everywhere');
    assert.match(statusOf(input), /^This is (probably )?7\.$/);
    assert.equal(within(input, '[part=status]').getAttribute('role'), 'status');
    input.form!.reset();
    assert.deepEqual([input.value, padOf(input).blank, statusOf(input)], ['', true, '']);
  });

  it('loads the network that it is told by its attribute, survives being moved, and lets go of it when removed', async () => {
    const input = inputIn('<digit-input model="mnist-lenet5"></digit-input><p></p>');
    stroke(padOf(input), one);
    await until(() => input.value === '1');
    const before = workers();
    input.nextElementSibling!.append(input);
    await sleep(50);
    padOf(input).clear();
    await until(() => statusOf(input) === 'Nothing is drawn yet.');
    assert.equal(input.value, '');
    stroke(padOf(input), seven);
    await until(() => input.value === '7');
    assert.equal(workers(), before, 'no other worker was started');
    const parent = input.parentElement!;
    const held = await locks();
    input.remove();
    for (const end = Date.now() + 5000; (await locks()) >= held && Date.now() < end;) await sleep(20);
    assert.isBelow(await locks(), held, 'its worker has ended');
    parent.append(input);
    padOf(input).clear();
    stroke(padOf(input), one);
    await until(() => input.value === '1');
    assert.isAbove(workers(), before, 'it was loaded again');
    input.remove();
  });

  it('says how sure it is, and what else it may be', async () => {
    const { classifier } = scripted(answer('7', 0.95), answer('7', 0.7), answer('7', 0.4));
    const input = inputIn('<digit-input></digit-input>', classifier);
    const said: string[] = [];
    for (let i = 0; i < 3; i++) {
      stroke(padOf(input), seven);
      await until(() => statusOf(input) !== (said.at(-1) ?? ''));
      said.push(statusOf(input));
    }
    assert.deepEqual(said, ['This is 7.', 'This is probably 7.', 'Perhaps this is 7. Please check.']);
    assert.deepEqual(
      choicesOf(input).map(({ innerText }) => innerText),
      ['0', '1', '2'],
    );
  });

  it('says kindly what it cannot read, in the page’s words', async () => {
    const rejected: Prediction = {
      label: null,
      confidence: 0,
      probabilities: labels.map(() => 0),
      rejected: 'unfamiliar',
    };
    const several: Prediction = { ...rejected, rejected: 'several' };
    const input = inputIn('<digit-input></digit-input>', scripted(answer('1', 1), rejected, several).classifier);
    input.words = { unfamiliar: 'Das kann ich nicht lesen.', field: 'Ziffer', sure: 'Eine {label}.' };
    assert.equal(fieldOf(input).ariaLabel, 'Ziffer');
    stroke(padOf(input), one);
    await until(() => statusOf(input) === 'Eine 1.');
    stroke(padOf(input), one);
    await until(() => statusOf(input) === 'Das kann ich nicht lesen.');
    stroke(padOf(input), one);
    await until(() => statusOf(input) === 'One digit only, please.');
    assert.equal(input.value, '');
  });

  it('only the newest answer counts', async () => {
    const waiting: ((prediction: Prediction) => void)[] = [];
    const signals: AbortSignal[] = [];
    const slow: DigitClassifier = {
      labels,
      predict: (_, { signal } = {}) => {
        signals.push(signal!);
        return new Promise((resolve) => waiting.push(resolve));
      },
    };
    const input = inputIn('<digit-input></digit-input>', slow);
    stroke(padOf(input), one);
    await until(() => waiting.length === 1);
    stroke(padOf(input), seven);
    await until(() => waiting.length === 2);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    waiting[1]!(answer('7', 1));
    await until(() => input.value === '7');
    waiting[0]!(answer('1', 1));
    await sleep(50);
    assert.equal(input.value, '7');
  });

  it('waits while the hand goes on, and asks once', async () => {
    const { classifier, asked } = scripted(answer('4', 1));
    const input = inputIn('<digit-input></digit-input>', classifier);
    for (let i = 0; i < 4; i++) {
      stroke(padOf(input), one);
      await sleep(100);
    }
    await until(() => input.value === '4');
    assert.deepEqual(
      asked.map(({ points }) => points),
      [8],
    );
  });

  it('reads what was drawn before the classifier came', async () => {
    const input = inputIn();
    stroke(padOf(input), one);
    await until(() => statusOf(input) === 'One moment…');
    input.classifier = scripted(answer('1', 1)).classifier;
    await until(() => input.value === '1');
  });

  it('shows a classifier’s error, tells the page, and goes on', async () => {
    const broken = new HandfulError('worker', 'The worker died.');
    const input = inputIn('<digit-input></digit-input>', scripted(broken, answer('1', 1)).classifier);
    const errors: unknown[] = [];
    input.addEventListener('error', ({ error }) => errors.push(error));
    stroke(padOf(input), one);
    await until(() => statusOf(input) === 'That did not work: The worker died.');
    assert.deepEqual(errors, [broken]);
    stroke(padOf(input), one);
    await until(() => input.value === '1');
  });

  it('a network that cannot be loaded is an error, and another can be named', async () => {
    const input = inputIn('<digit-input model="no-such-network"></digit-input>');
    const codes: unknown[] = [];
    input.addEventListener('error', ({ error }) => codes.push((error as HandfulError).code));
    stroke(padOf(input), one);
    await until(() => codes.length > 0);
    assert.deepEqual(codes, ['not-found']);
    input.model = 'mnist-softmax';
    await until(() => input.value !== '');
    assert.equal(input.getAttribute('model'), 'mnist-softmax');
    input.remove();
  });
});

describe('<digit-input>: correcting', () => {
  emptiedAfterEach();
  const disposed = disposedAfterEach();

  it('takes what is typed or tapped, and remembers the drawing with it', async () => {
    const input = inputIn(
      '<form><digit-input name="digit"></digit-input></form>',
      scripted(answer('1', 0.5)).classifier,
    );
    const details: unknown[] = [];
    document.body.addEventListener('correction', (event) => details.push((event as CustomEvent).detail), {
      once: true,
    });
    stroke(padOf(input), seven);
    await until(() => choicesOf(input).length === 3);
    const events = heard(input, 'input', 'change');
    choicesOf(input)[1]!.click();
    assert.equal(input.value, '2');
    assert.deepEqual(events, ['input', 'change']);
    assert.deepEqual(input.samples, [{ input: padOf(input).value, label: '2' }]);
    assert.deepEqual(details, input.samples);
    await until(() => statusOf(input) === 'Thank you: this is 2.');

    fieldOf(input).select();
    await sendKeys({ type: '7' });
    await sendKeys({ press: 'Enter' });
    assert.equal(input.value, '7');
    assert.equal(new FormData(input.form!).get('digit'), '7');
    assert.deepEqual(events.slice(2), ['input', 'change']);
    assert.deepEqual(
      input.samples.map(({ label }) => label),
      ['7'],
      'of the same drawing only what was said last',
    );
  });

  it('typing without a drawing is a value, and no sample', async () => {
    const input = inputIn();
    fieldOf(input).focus();
    await sendKeys({ type: '5' });
    fieldOf(input).blur();
    assert.deepEqual([input.value, input.samples.length], ['5', 0]);
  });

  it('a correction is not overwritten by an answer that comes late', async () => {
    let tell: (prediction: Prediction) => void = () => {};
    const slow: DigitClassifier = { labels, predict: () => new Promise((resolve) => (tell = resolve)) };
    const input = inputIn('<digit-input></digit-input>', slow);
    stroke(padOf(input), one);
    await sleep(400);
    fieldOf(input).select();
    await sendKeys({ type: '9' });
    fieldOf(input).blur();
    tell(answer('1', 1));
    await sleep(50);
    assert.equal(input.value, '9');
  });

  it('learns from corrections', async () => {
    const classifier = await disposed(load('mnist-lenet5', { backend: 'wasm' }));
    const input = inputIn('<digit-input></digit-input>', classifier);
    const wave = Array.from({ length: 12 }, (_, i) => [0.1 + 0.07 * i, i % 2 ? 0.35 : 0.6] as const);
    stroke(padOf(input), wave);
    await until(() => statusOf(input) !== '');
    fieldOf(input).select();
    await sendKeys({ type: '8' });
    fieldOf(input).blur();
    assert.equal(input.samples.length, 1);
    const report = await input.learn({ epochs: 100, learningRate: 0.003, keep: 'always' });
    assert.include(report.labels, '8');
    assert.equal(statusOf(input), 'Thank you, that is learned.');
    const { label } = await classifier.predict(input.samples[0]!.input);
    assert.equal(label, '8');
  });

  it('learning that fails is shown, told and thrown', async () => {
    const input = inputIn('<digit-input></digit-input>', scripted().classifier);
    const events = heard(input, 'error');
    const error = await input.learn().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instanceOf(error, TypeError);
    assert.deepEqual(events, ['error']);
    assert.match(statusOf(input), /^That did not work: /);
  });

  it('gives samples away as copies, and takes them back', () => {
    const input = inputIn();
    const samples = [{ input: { strokes: [] }, label: '1' }];
    input.samples = samples;
    samples.pop();
    input.samples.pop();
    assert.equal(input.samples.length, 1);
  });
});

describe('<digit-input>: a form control', () => {
  emptiedAfterEach();

  it('has a value by attribute and by script, which tells no one', () => {
    const input = inputIn('<form><digit-input name="digit" value="4"></digit-input></form>');
    const events = heard(input, 'input', 'change');
    assert.equal(input.value, '4');
    input.value = '5';
    assert.equal(new FormData(input.form!).get('digit'), '5');
    input.form!.reset();
    assert.equal(input.value, '4');
    assert.isEmpty(events);
  });

  it('keeps text and ink for a restored page', async () => {
    const input = inputIn('<digit-input></digit-input>', scripted(answer('1', 1)).classifier);
    stroke(padOf(input), one);
    await until(() => input.value === '1');
    const ink = padOf(input).value;
    const other = inputIn();
    other.formStateRestoreCallback(JSON.stringify({ value: '1', ink: JSON.stringify(ink) }));
    assert.deepEqual([other.value, padOf(other).value], ['1', ink]);
  });

  it('disabled and read-only it takes neither ink nor text', () => {
    const input = inputIn('<fieldset disabled><digit-input></digit-input></fieldset>');
    const state = () => [padOf(input).disabled, fieldOf(input).disabled, fieldOf(input).readOnly];
    assert.deepEqual(state(), [true, true, false]);
    input.closest('fieldset')!.disabled = false;
    input.readOnly = true;
    assert.deepEqual(state(), [false, false, true]);
    stroke(padOf(input), one);
    assert.isTrue(padOf(input).blank);
  });

  it('hands its name and buttons on to the pad', () => {
    const input = inputIn('<digit-input controls aria-label="Age"><span slot="clear">Weg</span></digit-input>');
    assert.equal(canvasOf(padOf(input)).ariaLabel, 'Age');
    const clear = padOf(input).shadowRoot!.querySelector<HTMLElement>('[part~=clear]')!;
    assert.isAbove(clear.offsetWidth, 0);
    const [slot] = clear.querySelector('slot')!.assignedElements() as [HTMLSlotElement];
    assert.equal(slot.assignedElements()[0]?.textContent, 'Weg');
  });
});

/** How many locks are held here: each worker holds one. */
const locks = async () => (await navigator.locks.query()).held!.length;

/** How many workers' scripts this page has asked for. */
function workers(): number {
  return performance.getEntriesByType('resource').filter(({ name }) => /handful\.worker\.js/.test(name)).length;
}
