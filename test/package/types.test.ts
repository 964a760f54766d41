import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installPacked } from './support/install.js';

const project = installPacked();
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** What `tsc` says of a user's file; empty if all is well. */
function check(code: string, options: Record<string, unknown>): string {
  writeFileSync(join(project.folder, 'app.ts'), code);
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', types: [], ...options };
  writeFileSync(join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
  try {
    return project.node(tsc, '-p', '.');
  } catch (error) {
    return String((error as { stdout: string }).stdout);
  }
}

const good = `
  import { create, HandfulError, lenet5, load } from 'handful';
  import type { BackendName, FineTuneReport, Prediction } from 'handful';
  const digits = await load('mnist-lenet5', { backend: 'auto', onProgress: (p) => p.fraction });
  const answer: Prediction = await digits.predict(document.createElement('canvas'));
  const report: FineTuneReport = await digits.fineTune([{ input: { strokes: [[[0, 0]]] }, label: 3 }], { epochs: 2 });
  const name: BackendName = digits.backend.name;
  const fresh = await create(lenet5());
  const file: Blob = await fresh.export();
  export { answer, file, HandfulError, name, report };
`;

for (const moduleResolution of ['bundler', 'nodenext']) {
  const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
  test(`types resolve with moduleResolution ${moduleResolution}`, () => {
    assert.equal(check(good, { module, moduleResolution }), '');
  });
}

test('types refuse what makes no sense', () => {
  const bad = `import { load } from 'handful'; await load('mnist-lenet5', { backend: 'cuda' });`;
  assert.match(check(bad, { module: 'nodenext', moduleResolution: 'nodenext' }), /TS2322.*"cuda"/s);
});

test('the kernels entry is a side-effect import', () => {
  assert.equal(check("import 'handful/tfjs-kernels';", { module: 'nodenext', moduleResolution: 'nodenext' }), '');
});
