import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inkFromStrokes } from '../../src/preprocess/ink/from-strokes.js';
import { readStrokes } from '../../src/preprocess/stroke-formats.js';
import { points } from '../support/points.js';

const seven = [points('10,10 40,10 20,60'), points('18,35 38,35')];
const asObjects = seven.map((stroke) => stroke.map(([x, y]) => ({ x, y, time: 17e11, pressure: 0.5 })));

const formats: Record<string, unknown> = {
  'lists of [x, y]': seven,
  'lists of [x, y, pressure]': seven.map((stroke) => stroke.map((point) => [...point, 0.5])),
  'signature_pad 2 and 3, perfect-freehand': asObjects,
  'signature_pad 4 and 5': asObjects.map((points) => ({ penColor: 'black', dotSize: 0, minWidth: 0.5, points })),
  'Excalidraw, relative to the element': seven.map((stroke) => {
    const [left = 0, top = 0] = stroke[0] ?? [];
    const points = stroke.map(([x, y]) => [x - left, y - top]);
    return { type: 'freedraw', x: left, y: top, points, pressures: [] };
  }),
  columns: seven.map((stroke) => ({ x: stroke.map(([x]) => x), y: stroke.map(([, y]) => y), t: [0, 1, 2] })),
};
for (const [title, strokes] of Object.entries(formats))
  test(`strokes as ${title} are read`, () => {
    const xy = readStrokes(strokes).map((stroke) => stroke.map(([x, y]) => [x, y]));
    assert.deepEqual(xy, seven);
  });

const refused: [string, unknown, RegExp][] = [
  ['a Map, as the page names it', 'a Map', /strokes of type a Map/],
  ['a shape of tldraw', [{ type: 'draw', x: 1, y: 2, props: {} }], /stroke 0 as an object with type, x, y, props/],
  ['a path of Fabric', [{ type: 'path', path: [['M', 1, 2]] }], /stroke 0 as an object with type, path/],
  ['one point beside strokes', [[[1, 2]], { x: 1, y: 2 }], /stroke 1 as an object with x, y/],
  ['InkML', ['<trace>1 2</trace>'], /stroke 0 as <trace>/],
  ['columns of two lengths', [{ x: [1, 2], y: [1] }], /2 x and 1 y in stroke 0/],
  ['a million points', [new Array(1e6).fill([1, 2])], /more than 20000 points/],
];
for (const [title, strokes, message] of refused)
  test(`${title}: refused by name`, () =>
    void assert.throws(() => readStrokes(strokes), { name: 'HandfulError', code: 'bad-input', message }));

test('too many points are refused before any of them is looked at', () => {
  const many = new Array<unknown>(20_001).fill([1, 2]);
  Object.defineProperty(many, 0, { get: () => assert.fail('it was looked at') });
  const message = /more than 20000 points/;
  for (const stroke of [many, { points: many }, { x: many, y: many }])
    assert.throws(() => readStrokes([stroke]), { code: 'bad-input', message });
});

test('as many points as may be are drawn within a second', () => {
  const zigzag = Array.from({ length: 20_000 }, (_, i) => [(i * 7919) % 1000, (i * 104729) % 1000]);
  const start = performance.now();
  inkFromStrokes(readStrokes([zigzag]));
  assert.ok(performance.now() - start < 2000, `${performance.now() - start} ms`);
});
