import { find, make } from '../shared/dom.js';
import { say } from '../shared/say.js';

/** @typedef {{ question: string, result: number }} Exercise */

/** Small ones, whose results have one digit or two. @returns {Exercise[]} */
export function exercises(count = 10) {
  const upTo = (/** @type {number} */ most) => 1 + Math.floor(Math.random() * most);
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [upTo(9), upTo(9)];
    if (i % 3 === 0) return { question: `${a} + ${b} =`, result: a + b };
    if (i % 3 === 1) return { question: `${a + b} − ${b} =`, result: a };
    return { question: `${a} × ${b} =`, result: a * b };
  });
}

/**
 * Asks exercise after exercise.
 * @param {Exercise[]} list
 * @returns what takes an answer and goes on
 */
export function ask(list) {
  let at = 0;
  let right = 0;
  const show = () => {
    find('#question').textContent = at < list.length ? list[at].question : say.numbers.done;
    find('#next').textContent = at < list.length ? say.numbers.next : say.numbers.again;
    find('#score').textContent = at === 0 ? '' : say.numbers.score({ right, all: at });
  };
  show();
  return (/** @type {string} */ answer) => {
    if (at === list.length) {
      [at, right, list] = [0, 0, exercises()];
      find('#done').replaceChildren();
    } else if (answer) {
      const { question, result } = list[at++];
      const isRight = Number(answer) === result;
      right += Number(isRight);
      const said = isRight
        ? [make('bdi', { dir: 'ltr', textContent: `${question} ${answer}` }), ' ✓']
        : [say.numbers.notRight({ question, result, answer })];
      find('#done').append(make('li', { className: isRight ? 'right' : 'wrong' }, ...said));
    }
    show();
  };
}
