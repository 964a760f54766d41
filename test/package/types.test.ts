import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installPacked } from './support/install.js';

const project = installPacked();
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** What `tsc` says of a user's files; empty if all is well. */
function check(code: string | string[], options: Record<string, unknown>): string {
  const files = [code].flat().map((text, i) => {
    const name = `app${i}.ts`;
    writeFileSync(join(project.folder, name), text);
    return name;
  });
  const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', types: [], ...options };
  writeFileSync(join(project.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
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

const regression = `
  import { create, load, mlp } from 'handful';
  import type { RegressionPrediction, RegressionReport, Regressor } from 'handful';
  const sine: Regressor = await create(mlp([1, 8, 1]), { loss: 'squaredError', seed: 1 });
  const report: RegressionReport = await sine.fineTune([{ input: [0], target: 0 }], { centered: true, epochs: 2 });
  const { values }: RegressionPrediction = await sine.predict([0]);
  const again: Regressor = await load(await sine.export(), { loss: 'squaredError' });
  const clone: Regressor = await again.clone();
  export { clone, report, values };
`;

const elements = `
  import { load } from 'handful';
  import { DigitInput, InkPad } from 'handful/elements';
  import type { DigitClassifier, DigitSample, Ink, InkSource } from 'handful/elements';
  const pad: InkPad = document.createElement('ink-pad');
  const source: InkSource = { strokes: [[[0, 0], [1, 1, 0.5]]] };
  pad.value = source;
  const ink: Ink = pad.value;
  const field: DigitInput | null = document.querySelector('digit-input');
  const digits: DigitClassifier = await load('mnist-lenet5');
  if (field) field.classifier = digits;
  const kept: 'tuned' | 'original' | undefined = (await field?.learn({ epochs: 2 }))?.kept;
  const samples: DigitSample[] = [{ input: ink, label: '3' }];
  export { InkPad, kept, samples };
`;

for (const moduleResolution of ['bundler', 'nodenext']) {
  const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
  test(`types resolve with moduleResolution ${moduleResolution}`, () => {
    assert.equal(check(good, { module, moduleResolution }), '');
    assert.equal(check(regression, { module, moduleResolution }), '');
    assert.equal(check(elements, { module, moduleResolution }), '');
  });
}

// As strict as TypeScript gets, and the declarations themselves are checked too.
const strictest = {
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  noImplicitOverride: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
};

/** What needs no page: as in Node, in a worker and on an edge runtime. */
const withoutPage = `
  import { load } from 'handful';
  import type { Classifier, Prediction } from 'handful';
  const digits: Classifier = await load('mnist-lenet5', { seed: 1 });
  const answer: Prediction = await digits.predict({ strokes: [[[0, 0], [0, 9]]] });
  const label: string | null = answer.label;
  digits.dispose();
  export { label };
`;

const environments: Record<string, Record<string, unknown>> = {
  'a bundler': { module: 'esnext', moduleResolution: 'bundler' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
};

for (const [name, options] of Object.entries(environments)) {
  test(`the strictest project compiles: ${name}`, () => {
    assert.equal(check([good, regression, elements], { ...strictest, ...options }), '');
  });

  test(`the strictest project compiles without the DOM's types: ${name}`, () => {
    for (const lib of [['ES2023'], ['ES2023', 'WebWorker']])
      assert.equal(check(withoutPage, { ...strictest, ...options, lib }), '', lib.join());
  });
}

const nodenext = { module: 'nodenext', moduleResolution: 'nodenext' };

test('types refuse what makes no sense', () => {
  const refused = (body: string, message: RegExp) =>
    assert.match(check(`import { create, load, mlp } from 'handful';\n${body}`, nodenext), message);
  refused("await load('mnist-lenet5', { backend: 'cuda' });", /TS2769.*"cuda"/s);
  refused("await (await load('mnist-lenet5')).fineTune([], { learningrate: 1 });", /TS2561.*learningRate/s);
  refused("(await (await load('mnist-lenet5')).predict([])).values;", /TS2339.*values/s);
  refused("(await create(mlp([1, 1]), { loss: 'squaredError', labels: ['a'] }));", /TS2769.*labels/s);
  refused(
    "const net = await create(mlp([1, 1]), { loss: 'squaredError' }); net.fineTune([{ input: [1], label: 1 }]);",
    /label/,
  );
});

test('types show users nothing of what lies within', () => {
  const types = readFileSync(join(project.handful, 'dist/index.d.ts'), 'utf8');
  assert.doesNotMatch(types, /HostApi|Connection|NetworkInfo/);
});

test('the entry for PyTorch takes the specs of the main one', () => {
  const options = { module: 'nodenext', moduleResolution: 'nodenext' };
  const imports = "import { lenet5 } from 'handful'; import { toTorch } from 'handful/torch';";
  assert.equal(check(`${imports} export const source: string = toTorch(lenet5());`, options), '');
  assert.match(check(`${imports} toTorch('lenet5');`, options), /TS2345/);
});

test('the kernels entry is a side-effect import', () => {
  assert.equal(check("import 'handful/tfjs-kernels';", { module: 'nodenext', moduleResolution: 'nodenext' }), '');
});
