import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { budgets, webgpuBudget, closure as closureOf, gzippedSize, workerFiles } from '../../scripts/lib/sizes.mjs';
import { installPacked } from './support/install.js';

const project = installPacked();
const read = (file: string) => readFileSync(join(project.handful, file), 'utf8');

const closure = (file: string) => closureOf(file, read);
const ofWorker = () => new Set(workerFiles.flatMap((file) => [...closure(`dist/${file}`)]));
const gzipped = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + gzippedSize(read(file)), 0);

test('the tarball holds the build, the weights and the words, and nothing else', () => {
  const expected =
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/((node|here)\/)?[\w.-]+\.js|dist\/[\w-]+\.d\.ts|dist\/THIRD_PARTY_NOTICES\.txt|dist\/sbom\.cdx\.json|pretrained\/[\w-]+\/(model\.safetensors|card\.json))$/;
  const unexpected = [...project.files.keys()].filter(
    (file) => !expected.test(file) || file === 'dist/node/internals.js',
  );
  assert.deepEqual(unexpected, []);
});

for (const file of [
  'LICENSE',
  'README.md',
  'dist/THIRD_PARTY_NOTICES.txt',
  'dist/elements.d.ts',
  'dist/elements.js',
  'dist/handful.worker.js',
  'dist/index.d.ts',
  'dist/index.js',
  'dist/node/index.js',
  'dist/sbom.cdx.json',
  'dist/tfjs-kernels.d.ts',
  'dist/tfjs-kernels.js',
  'dist/torch.d.ts',
  'dist/torch.js',
  'pretrained/mnist-lenet5/card.json',
  'pretrained/mnist-lenet5/model.safetensors',
]) {
  test(`the tarball holds ${file}`, () => assert.ok((project.files.get(file) ?? 0) > 0));
}

test('users download nothing but handful', () => {
  const { dependencies, peerDependenciesMeta } = JSON.parse(read('package.json'));
  assert.equal(dependencies, undefined);
  assert.deepEqual(
    Object.values(peerDependenciesMeta ?? {}).filter((peer) => !(peer as { optional: boolean }).optional),
    [],
  );
});

test("the page's entry is small", () => {
  const files = closure('dist/index.js');
  assert.ok(gzipped(files) <= budgets['index.js'], `${gzipped(files)} bytes gzipped in ${[...files].join(', ')}`);
});

test('the elements are small, and download the SDK only if they are to load a network', () => {
  const files = closure('dist/elements.js');
  assert.deepEqual([...files], ['dist/elements.js']);
  assert.ok(gzipped(files) <= budgets['elements.js'], `${gzipped(files)} bytes gzipped`);
  assert.match(read('dist/elements.js'), /import\("\.\/index\.js"\)/);
});

test('the worker is small, and downloads WebGPU only if it is used; TensorFlow.js never', () => {
  const files = ofWorker();
  assert.ok(
    gzipped(files) <= budgets['handful.worker.js'],
    `${gzipped(files)} bytes gzipped in ${[...files].join(', ')}`,
  );
  const ofTfjs = /tfengine|Conv2DBackpropFilter/;
  for (const file of [...files, 'dist/webgpu.chunk.js']) assert.doesNotMatch(read(file), ofTfjs, file);
  for (const file of files) assert.doesNotMatch(read(file), /@workgroup_size/, file);
  assert.match(read('dist/webgpu.chunk.js'), /@workgroup_size/);
  const size = gzipped(['dist/webgpu.chunk.js']);
  assert.ok(size <= webgpuBudget, `${size} bytes gzipped in the WebGPU chunk`);
});

test("no file imports the worker's script, which WebKit would run a second time", () => {
  const entry = /(?:from|import)\s*\(?["'](?:\.{1,2}\/)+(handful\.worker|elements|torch|tfjs-kernels)\.js["']/;
  for (const file of project.files.keys()) {
    if (/^dist\/.*\.js$/.test(file)) assert.doesNotMatch(read(file), entry, file);
  }
  assert.deepEqual([...closure('dist/handful.worker.js')], ['dist/handful.worker.js']);
});

test('bundlers find the worker by its literal address', () => {
  const all = [...closure('dist/index.js')].map(read).join('\n');
  assert.match(
    all,
    /new Worker\(new URL\(["']\.\/handful\.worker\.js["'],\s*import\.meta\.url\),\s*\{type:\s*["']module["']\}\)/,
  );
});

test('no file names one that is not there', () => {
  const named =
    /new URL\((?:\s*\/\*.*?\*\/)?\s*(['"`])(\.[^'"`]*)\1,\s*import\.meta\.url|(?:from|import)\s*\(?(['"])(\.[^'"]*)\3/g;
  let seen = 0;
  for (const file of project.files.keys()) {
    if (!/^dist\/.*\.js$/.test(file)) continue;
    for (const [, , asset, , module] of read(file).matchAll(named)) {
      const path = asset ?? module ?? '';
      assert.ok(project.files.has(join(file, '..', path).replaceAll('\\', '/')), `${file} names ${path}`);
      seen++;
    }
  }
  assert.ok(seen > 20, `only ${seen} names were found`);
});

test('no file for pages needs Node', () => {
  for (const file of project.files.keys()) {
    if (!/^dist\/(?:here\/)?[^/]+\.js$/.test(file)) continue;
    assert.doesNotMatch(read(file), /\brequire\(["']|from\s*["']node:|__dirname|\bBuffer\.|typeof Buffer\b/, file);
  }
});

test('third-party licences are told', () => {
  const notices = read('dist/THIRD_PARTY_NOTICES.txt');
  const bundled = { fflate: 'MIT', 'idb-keyval': 'Apache-2.0', pbf: 'BSD-3-Clause' };
  for (const [name, license] of Object.entries(bundled))
    assert.ok(new RegExp(`^${name} \\d.*\\nLicense: ${license}$`, 'm').test(notices), name);
  assert.doesNotMatch(notices, /tensorflow/i);
  assert.ok(notices.includes('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION'));
});

test('the bill of materials names what is bundled, as the notices do', () => {
  const { bomFormat, metadata, components } = JSON.parse(read('dist/sbom.cdx.json')) as {
    bomFormat: string;
    metadata: { component: { purl: string } };
    components: { group?: string; name: string; version: string; purl: string; licenses: unknown[] }[];
  };
  assert.equal(bomFormat, 'CycloneDX');
  assert.equal(metadata.component.purl, `pkg:npm/handful@${JSON.parse(read('package.json')).version}`);
  const notices = read('dist/THIRD_PARTY_NOTICES.txt');
  assert.ok(components.some(({ purl }) => /^pkg:npm\/idb-keyval@6\.\d+\.\d+$/.test(purl)));
  for (const { group, name, version, licenses } of components) {
    assert.ok(notices.includes(`${group ? `${group}/` : ''}${name} ${version}\n`), name);
    assert.equal(licenses.length, 1);
  }
});

test('importing it in Node touches no global, starts nothing and ends', () => {
  const program = `
    const before = Reflect.ownKeys(globalThis);
    const { load } = await import('handful');
    const added = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String);
    console.log(JSON.stringify({ load: typeof load, added }));`;
  const output = project.node('--input-type=module', '--eval', program);
  assert.deepEqual(JSON.parse(output), { load: 'function', added: [] });
});

test('in Node it loads a pretrained network from the package and answers', () => {
  const program = `
    import { load } from 'handful';
    const digits = await load('mnist-lenet5');
    const one = { strokes: [[[50, 10], [50, 90]]] };
    const { label } = await digits.predict(one);
    digits.dispose();
    console.log(JSON.stringify({ label, backend: digits.backend.name }));`;
  assert.deepEqual(JSON.parse(project.node('--input-type=module', '--eval', program)), { label: '1', backend: 'wasm' });
});

test('in Node it loads an ONNX file, by its bytes and by its URL, and writes one', () => {
  const file = resolve('test/fixtures/onnx/mnist-8.onnx');
  const program = `
    import { readFileSync } from 'node:fs';
    import { pathToFileURL } from 'node:url';
    import { load } from 'handful';
    const file = ${JSON.stringify(file)};
    const sources = [readFileSync(file), pathToFileURL(file)];
    const [one, other] = await Promise.all(sources.map((source) => load(source)));
    const again = await load(await other.export({ format: 'onnx' }));
    const drawing = { strokes: [[[50, 10], [50, 90]]] };
    const answers = await Promise.all([one, other, again].map((each) => each.predict(drawing)));
    for (const each of [one, other, again]) each.dispose();
    console.log(JSON.stringify(answers.map(({ label, probabilities }) => [label, probabilities])));`;
  const [one, other, again] = JSON.parse(project.node('--input-type=module', '--eval', program)) as unknown[];
  assert.deepEqual(other, one);
  assert.deepEqual(again, one);
});

for (const folder of ['dist', 'dist/node'])
  test(`${folder}/torch.js writes modules for PyTorch and throws the errors that ${folder}/index.js exports`, () => {
    const program = `
      import { HandfulError, lenet5 } from './${folder}/index.js';
      import { toTorch } from './${folder}/torch.js';
      let refused;
      try { toTorch({}); } catch (error) { refused = error instanceof HandfulError && error.code; }
      console.log(JSON.stringify([toTorch(lenet5()).includes('class Lenet5(nn.Module):'), refused]));`;
    const place = pathToFileURL(`${project.handful}/`).href;
    const written = program.replaceAll("'./", `'${place}`);
    assert.deepEqual(JSON.parse(project.node('--input-type=module', '--eval', written)), [true, 'bad-argument']);
    assert.doesNotMatch([...closure(`${folder}/index.js`)].map(read).join(''), /nn\.Module/);
  });

test('readers and writers of other formats come when they are used', () => {
  const start = [...ofWorker(), ...closure('dist/index.js')].map(read).join('\n');
  assert.doesNotMatch(start, /BatchNormalization/);
  assert.match(read('dist/read-onnx.chunk.js'), /BatchNormalization/);
  assert.match(read('dist/write-onnx.chunk.js'), /BatchNormalization/);
});

// V8's flags: without WebAssembly at all and, on the architecture that can be told so, without its SIMD.
for (const flag of ['--jitless', ...(process.arch === 'x64' ? ['--no-enable-sse4-1'] : [])])
  test(`where WebAssembly cannot do (${flag}) it says that its backend is not there`, () => {
    const program = `
      import { create, mlp } from 'handful';
      const { code } = await create(mlp([784, 10])).catch((error) => error);
      console.log(code);`;
    assert.equal(project.node(flag, '--input-type=module', '--eval', program).trim(), 'backend-unavailable');
  });
