import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// The snippets are not on disk, so the rules that ask TypeScript about a file are off.
const eslint = new ESLint({ overrideConfig: tseslint.configs.disableTypeChecked });

async function refusals(filePath: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(`${code}\n`, { filePath });
  const messages = results.flatMap(({ messages }) => messages);
  assert.deepEqual(
    messages.filter(({ fatal }) => fatal),
    [],
  );
  return messages.filter(({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports').map((m) => m.message);
}

const refused: [string, string][] = [
  ['src/backends/x.ts', "export { a } from '../models/zoo.js';"],
  ['src/backends/wasm/engine/x.ts', "import type { A } from '../../../sdk/index.js'; export type B = A;"],
  ['src/models/x.ts', "export * from '../training/trainer.js';"],
  ['src/models/x.ts', "import { add } from '@tensorflow/tfjs-core'; add;"],
  ['src/preprocess/x.ts', "import '../workers/host.js';"],
  ['src/preprocess/ink/x.ts', "import { a } from '../../models/zoo.js'; a;"],
  ['src/common/x.ts', "import { a } from '../preprocess/prepare.js'; a;"],
  ['src/tfjs-kernels/x.ts', "import { a } from '../models/zoo.js'; a;"],
  ['src/tfjs-kernels/overrides/x.ts', "import { a } from '../../backends/webgpu/open.js'; a;"],
  ['src/training/x.ts', "import { a } from '../workers/host.js'; a;"],
  ['src/workers/x.ts', "import { a } from '../sdk/load.js'; a;"],
  ['src/sdk/x.ts', "import { a } from '../backends/tf.js'; a;"],
  ['src/sdk/x.ts', "import { a } from '../training/trainer.js'; a;"],
  ['src/sdk/x.ts', "import { a } from '../workers/host/host.js'; a;"],
  ['src/sdk/x.ts', "import { a } from '../workers/protocol.js'; a;"],
  ['src/sdk/x.ts', "import type { A } from '@tensorflow/tfjs-core'; export type B = A;"],
  ['src/errors.ts', "import { a } from './models/zoo.js'; a;"],
  ['src/workers/x.ts', "import { load } from 'handful'; load;"],
  ['demos/draw/x.js', "import { a } from '../../src/sdk/index.js'; a;"],
  ['demos/draw/x.js', "import { a } from '../../dist/host.chunk.js'; a;"],
  ['demos/draw/x.js', "import * as tf from '@tensorflow/tfjs-core'; tf;"],
];

const allowed: [string, string][] = [
  ['src/tfjs-kernels/overrides/x.ts', "import { a } from '../../backends/wasm/variants.js'; a;"],
  ['src/preprocess/ink/x.ts', "import { a } from '../../common/random.js'; import { b } from '../sample.js'; a; b;"],
  ['src/backends/x.ts', "import { add } from '@tensorflow/tfjs-core'; add;"],
  ['src/backends/wasm/x.ts', "import { a } from '../select.js'; a;"],
  ['src/models/x.ts', "import { a } from '../backends/tf.js'; import { b } from '../errors.js'; a; b;"],
  ['src/workers/x.ts', "import { a } from '../models/zoo.js'; a;"],
  ['src/sdk/x.ts', "import { a } from '../workers/client.js'; a;"],
  ['src/sdk/x.ts', "import type { A } from '../workers/protocol.js'; export type B = A;"],
  ['src/sdk/x.ts', "export const host = () => import('../workers/host/host.js');"],
  ['demos/draw/x.js', "import { load } from 'handful'; import { a } from '../shared/pad.js'; load; a;"],
  ['demos/draw/x.js', "import { load } from '../../dist/index.js'; load;"],
];

for (const [file, code] of refused) {
  test(`${file} may not: ${code}`, async () => assert.equal((await refusals(file, code)).length, 1));
}
for (const [file, code] of allowed) {
  test(`${file} may: ${code}`, async () => assert.deepEqual(await refusals(file, code), []));
}

const oxlint = join(dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint');

/** The files among some that are refused for being in a circle, each named with its text. */
function inCircles(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'handful-circles-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const args = [oxlint, '--config', '.oxlintrc.json', '--format', 'json', folder];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    assert.ok(diagnostics.every(({ code }) => code.includes('no-cycle')));
    return [...new Set(diagnostics.map(({ filename }) => basename(filename)))].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('two files may not import each other, not even types', () => {
  const a = "import { b } from './b.js';\nexport const a = (): number => b().length;\nexport type A = number;\n";
  const values = "import { a } from './a.js';\nexport const b = (): string => String(a());\n";
  const types = "import type { A } from './a.js';\nexport const b = (): string => String(1 as A);\n";
  const inline = "import { type A } from './a.js';\nexport const b = (): string => String(1 as A);\n";
  const again = "export type { A } from './a.js';\nexport const b = (): string => '';\n";
  for (const b of [values, types, inline, again])
    assert.deepEqual(inCircles({ 'a.ts': a, 'b.ts': b }), ['a.ts', 'b.ts']);
});

test('nor may three, by way of each other', () => {
  const file = (name: string, next: string) =>
    `import type { Next } from './${next}.js';\nexport type { Next as ${name} };\nexport type Next${name} = Next;\n`;
  const files = { 'a.ts': file('A', 'b'), 'b.ts': file('B', 'c'), 'c.ts': file('C', 'a') };
  assert.deepEqual(inCircles(files), ['a.ts', 'b.ts', 'c.ts']);
});

test('files may import one after the other, and the same one', () => {
  const files = {
    'a.ts': "import { b } from './b.js';\nimport type { C } from './c.js';\nexport const a: C = b;\n",
    'b.ts': "import type { C } from './c.js';\nexport const b: C = 1;\n",
    'c.ts': 'export type C = number;\n',
  };
  assert.deepEqual(inCircles(files), []);
});
