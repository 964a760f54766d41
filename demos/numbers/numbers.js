import { takeCarried } from '../shared/carry.js';
import { createChoice } from '../shared/choice.js';
import { find, findA } from '../shared/dom.js';
import { networks, savedForInk } from '../shared/networks.js';
import { percent, say } from '../shared/say.js';
import '../shared/settings.js';
import { ask, exercises } from './sums.js';
import { writtenNumber } from './written.js';

/** None while it loads. @type {import('handful').Classifier | undefined} */
let digits;

const anyPlace = find('#any');
const marks = findA(HTMLInputElement, '#marks');
const any = writtenNumber(anyPlace, () => digits, {
  options: () => (marks.checked ? { alphabet: '0123456789-.,' } : {}),
  show(text, confidence) {
    find('output', anyPlace).textContent = text;
    find('.sure', anyPlace).textContent = text ? say.common.sure({ share: percent(confidence) }) : '';
  },
});
marks.addEventListener('change', any.read);

const sumsPlace = find('#sums');
const answer = writtenNumber(sumsPlace, () => digits, {
  options: () => ({}),
  show: (text) => (find('output', sumsPlace).textContent = text),
});
const next = ask(exercises());
find('#next').addEventListener('click', () => {
  next(answer.text());
  answer.clear();
});

if (takeCarried(any.pad)) void any.read();

await createChoice(networks, savedForInk, (next) => {
  digits = next;
  void any.read();
  void answer.read();
});
