import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beside, progressBar, showsUnicode, textArt } from '../../scripts/lib/text-art.mjs';

/** A 4x4 picture: its left column and its lowest row are ink. */
const corner = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1];

describe('textArt', () => {
  it('draws two pixels a character', () => {
    assert.equal(textArt(corner, { width: 4, unicode: true }), '█   \n█▄▄▄');
    assert.equal(textArt(corner, { width: 4, unicode: false }), '@   \n@+++');
  });

  it('takes bytes as 0 to 255', () => {
    const bytes = Uint8Array.from(corner, (value) => value * 255);
    assert.equal(textArt(bytes, { width: 4, unicode: true }), '█   \n█▄▄▄');
  });

  it('averages when made smaller, by whole and by broken factors', () => {
    assert.equal(textArt(corner, { width: 2, unicode: false }), '*:');
    const full = new Float32Array(784).fill(1);
    assert.equal(textArt(full, { width: 10, unicode: false }), Array(5).fill('@'.repeat(10)).join('\n'));
    assert.equal(
      textArt(full, { width: 9, unicode: true }),
      [...Array(4).fill('█'.repeat(9)), '▀'.repeat(9)].join('\n'),
    );
  });

  it('stays within its characters for values out of range', () => {
    assert.equal(textArt([NaN, -3, NaN, 7], { width: 2, unicode: false }), ' @');
  });

  it('refuses what is not square', () => assert.throws(() => textArt([1, 2, 3]), /3 values are not a square/));
});

describe('showsUnicode', () => {
  it('goes by the locale', () => {
    assert.equal(showsUnicode({ LANG: 'de_DE.UTF-8' }, 'linux'), true);
    assert.equal(showsUnicode({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, 'linux'), false);
    assert.equal(showsUnicode({}, 'linux'), false);
    assert.equal(showsUnicode({ WT_SESSION: '1' }, 'win32'), true);
  });
});

describe('beside', () => {
  const blocks = [
    { art: 'ab\ncd', caption: 'wide one' },
    { art: 'xyz', caption: '3' },
  ];

  it('puts blocks next to each other, captions below', () => {
    assert.equal(beside(blocks, { columns: 80 }), 'ab        xyz\ncd         3\nwide one');
  });

  it('goes to the next line when full', () => {
    assert.equal(beside(blocks, { columns: 12 }), 'ab\ncd\nwide one\n\nxyz\n 3');
    assert.equal(beside([], { columns: 12 }), '');
  });
});

describe('progressBar', () => {
  const record = (isTTY: boolean) => {
    const chunks: string[] = [];
    return { chunks, stream: { write: (text: string) => chunks.push(text), isTTY, columns: 60 } };
  };

  it('prints a line at each tenth where there is no terminal', () => {
    const { chunks, stream } = record(false);
    const bar = progressBar('learning', { stream, unicode: false });
    for (let step = 0; step <= 200; step++) bar.update(step / 200, 'loss 0.5');
    bar.done('loss 0.5');
    assert.equal(chunks.length, 11);
    assert.equal(chunks[5], 'learning ############............  50%  loss 0.5\n');
    assert.equal(chunks[10], 'learning ######################## 100%  loss 0.5\n');
  });

  it('draws in place on a terminal, within its width, and ends the line', () => {
    const { chunks, stream } = record(true);
    const bar = progressBar('learning', { stream, unicode: false });
    bar.update(0.25, 'x'.repeat(100));
    bar.done();
    const [first = ''] = chunks;
    assert.equal(first.length, 1 + 59 + 3);
    assert.ok(first.startsWith('\rlearning ######..................  25%  xxx') && first.endsWith('\x1b[K'));
    assert.equal(chunks.join('').split('\n').length, 2);
  });
});
