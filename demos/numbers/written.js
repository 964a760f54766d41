import { InkPad } from 'handful/elements';
import { find, findA, make } from '../shared/dom.js';
import { newestOnly } from '../shared/newest.js';
import { showError } from '../shared/notice.js';
import { percent, say } from '../shared/say.js';

/** @import { Classifier, ReadOptions, ReadCharacter } from 'handful' */

const SVG = 'http://www.w3.org/2000/svg';

/** What a character may be corrected to. */
const DIGITS = [...'0123456789'];

/**
 * A pad whose number is read as it is written, with its boxes and a button for each character, by which it is corrected.
 * @param {HTMLElement} root
 * @param {() => Classifier | undefined} reader
 * @param {{ options: () => ReadOptions, show: (text: string, confidence: number) => void }} how
 */
export function writtenNumber(root, reader, { options, show }) {
  const pad = findA(InkPad, 'ink-pad', root);
  const boxes = findA(SVGSVGElement, '.boxes', root);
  const list = find('.characters', root);
  /** @type {{ label: string, character: ReadCharacter }[]} */
  let characters = [];

  const text = () => characters.map(({ label }) => label).join('');

  const read = newestOnly(async () => {
    try {
      const { characters: found = [], confidence = 0 } = pad.blank
        ? {}
        : ((await reader()?.read(pad.value, options())) ?? {});
      characters = found.map((character) => ({ label: character.label ?? '?', character }));
      drawBoxes();
      listCharacters();
      show(text(), confidence);
    } catch (error) {
      showError(error);
    }
  });

  function drawBoxes() {
    const { width, height } = boxes.getBoundingClientRect();
    boxes.setAttribute('viewBox', `0 0 1 ${height / width}`);
    boxes.replaceChildren(
      ...characters.map(({ character: { box, rejected } }) => {
        const rect = document.createElementNS(SVG, 'rect');
        const margin = 0.012;
        const sides = {
          x: box.x - margin,
          y: box.y - margin,
          width: box.width + 2 * margin,
          height: box.height + 2 * margin,
          rx: margin,
        };
        for (const [name, value] of Object.entries(sides)) rect.setAttribute(name, String(value));
        if (rejected) rect.classList.add('rejected');
        return rect;
      }),
    );
  }

  function listCharacters() {
    list.replaceChildren(
      ...characters.map(({ label, character }, i) => {
        const sure = make('small', {
          textContent: character.rejected ? say.numbers.strange : percent(character.confidence),
        });
        const button = make('button', { type: 'button' }, label, ' ', sure);
        button.setAttribute('aria-description', say.numbers.correct({ label }));
        button.addEventListener('click', () => choose(i));
        return make('li', {}, button);
      }),
    );
  }

  /** Puts the digits in the place of a character's button. @param {number} i */
  function choose(i) {
    const choices = DIGITS.map((digit) => {
      const button = make('button', { type: 'button', textContent: digit });
      button.addEventListener('click', () => {
        characters[i].label = digit;
        listCharacters();
        list.querySelectorAll('button')[i].focus();
        show(text(), characters[i].character.confidence);
      });
      return button;
    });
    listCharacters();
    const group = make('div', { className: 'choices', role: 'group', 'aria-label': say.numbers.whatIsIt }, ...choices);
    group.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      listCharacters();
      list.querySelectorAll('button')[i].focus();
    });
    list.children[i].replaceChildren(group);
    choices[0].focus();
  }

  const clear = () => {
    pad.clear();
    void read();
  };
  pad.addEventListener('input', read);
  find('.undo', root).addEventListener('click', () => pad.undo());
  find('.clear', root).addEventListener('click', clear);
  addEventListener('resize', drawBoxes);
  return { pad, read, clear, text };
}
