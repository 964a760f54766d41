import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { kernelTypes, modules } from '../../scripts/build/kernel-types.mjs';

/** The types of a module that re-exports some functions of one source. */
function typesOf(names: string, source: string): Promise<string> {
  const index = `export { ${names} } from './f32_sum';`;
  return kernelTypes('index.ts', (file: string) => (file === 'index.ts' ? index : source));
}

const SUM = `
/** The sum of x [count]. Another sentence, e. g. this one. */
export function f32_sum(x: usize, sum: usize, count: i32, relu: bool, scratch: usize, end: usize): void {}
`;
const SCRATCH = 'export function f32_sum_scratch(count: i32): usize { return 4 * count; }';

for (const [module, file] of Object.entries(modules))
  test(`${file} is what assembly/${module} says`, async () =>
    assert.equal(await readFile(file, 'utf8'), await kernelTypes(module)));

test('kernels have their arguments by name, without scratch memory, and the first sentence of their docstring', async () => {
  const text = await typesOf('f32_sum, f32_sum_scratch', SUM + SCRATCH);
  assert.match(
    text,
    /interface Kernels \{\n  \/\*\* The sum of x \[count\]\. \*\/\n  f32_sum: \{ x: number; sum: number; count: number; relu: boolean \};\n\}/,
  );
  assert.match(text, /f32_sum_scratch: \(count: number\) => number;/);
  assert.match(text, /f32_sum: 'x sum count relu scratch end',\n  f32_sum_scratch: 'count',/);
  assert.doesNotMatch(text, /Queries/);
});

test('what returns a number and is not about scratch memory is a query', async () => {
  const text = await typesOf('f32_width', 'export function f32_width(): i32 { return 4; }');
  assert.match(text, /type Queries = \{\n  readonly f32_width: \(\) => number;\n\};/);
});

test('only what is exported by the module is in there', async () => {
  const text = await typesOf('f32_sum, f32_sum_scratch', `${SUM}${SCRATCH}\nexport function helper(x: i32): void {}`);
  assert.doesNotMatch(text, /helper/);
});

for (const [names, source, message] of [
  ['f32_sum', SUM, 'There is no f32_sum_scratch.'],
  ['f32_sum_scratch', SCRATCH, 'There is no kernel that takes the scratch memory of f32_sum_scratch.'],
  [
    'f32_sum, f32_sum_scratch',
    SUM + SCRATCH.replace('count:', 'rows:'),
    'f32_sum_scratch takes rows, which f32_sum does not.',
  ],
  ['f32_mean', SUM, 'f32_sum.ts declares no function f32_mean.'],
] as const)
  test(`refused: ${message}`, () => assert.rejects(typesOf(names, source), { message }));
