import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { GEOMETRY_WORDS, writeGeometry } from '../../src/backends/wasm/geometry.js';
import type { Geometry } from '../../src/backends/wasm/geometry.js';

const geometry: Geometry = {
  ...{ outW: 12, outH: 11, left: 10, top: 9, strideW: 8, strideH: 7, kernelW: 6, kernelH: 5 },
  ...{ outChannels: 4, inChannels: 3, width: 2, height: 1 },
};

test("a geometry's words are in the order of the assembly's fields", async () => {
  const source = await readFile('src/backends/wasm/assembly/geometry.ts', 'utf8');
  const fields = [...source.matchAll(/^ {2}(\w+): i32;$/gm)].map(([, name]) => name as keyof Geometry);
  const words = new Int32Array(GEOMETRY_WORDS);
  writeGeometry(words, geometry);
  assert.deepEqual(
    [...words],
    fields.map((name) => geometry[name]),
  );
});
