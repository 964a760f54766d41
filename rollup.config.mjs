// Builds dist/: for pages (index.js, handful.worker.js and their chunks), for Node (node/), and the types.
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import dts from 'rollup-plugin-dts';
import { assembly } from './scripts/build/assembly.mjs';
import { thirdParties } from './scripts/build/notices.mjs';
import {
  absent,
  anyPlatform,
  browserOnly,
  forNode,
  moveInto,
  oneFolderDown,
  removeTypes,
  shortShaders,
  shortStyles,
  withFiles,
} from './scripts/build/plugins.mjs';

const out = `.cache/build-${process.pid}`;

const entries = {
  index: 'src/sdk/index.ts',
  'handful.worker': 'src/workers/handful.worker.ts',
};
const kernels = { 'tfjs-kernels': 'src/tfjs-kernels/index.ts' };
const elements = { elements: 'src/elements/index.ts' };
const torch = { torch: 'src/models/formats/torch/index.ts' };
const internals = { internals: 'src/internals.ts' }; // for this project's own scripts; not packed

const tfjs = /^@tensorflow\//;
// Comments that tell bundlers what to leave alone must survive, licences are in THIRD_PARTY_NOTICES.txt.
const minify = (compress = {}) =>
  terser({ ecma: 2022, module: true, compress, format: { comments: /@vite-ignore|webpackIgnore/ } });
// Of the page's own small file, every function can be an arrow, and those that are none stand together. Statements of
// their own compress better than sequences.
const arrows = { passes: 3, unsafe_arrows: true, hoist_funs: true, sequences: false };

const others = thirdParties();

// Chunks of the worker whose module's name says too little.
/** @type {Record<string, string>} */
const telling = { start: 'webgpu', browser: 'zip', index: 'pbf' };
const chunkFileNames = (/** @type {{ name: string }} */ { name }) => `${telling[name] ?? name}.chunk.js`;

const format = { format: 'es', chunkFileNames: '[name].chunk.js', hoistTransitiveImports: false };

// What the entry for PyTorch takes of the page's, whose class of errors it is.
const common = /[\\/](errors|types)\.js$/;
const host = /[\\/]host[\\/]host\.js$/;
// What elements take of the SDK, whose declarations have the public types.
const sdk = /^(\.\.\/)+(sdk\/index|types)\.js$/;
// Whatever an entry leaves out stands in the page's.
const fromIndex = () => './index.js';

/**
 * What computes, for pages: all of one entry in one file, but what is loaded when it is used. The worker and the page's own
 * thread each have theirs, since bundlers keep the two apart too, and Parcel confuses what they would share.
 * @param {Record<string, string>} input @param {string} dir @param {import('rollup').Plugin[]} where
 */
const computing = (input, dir, ...where) => ({
  input,
  preserveEntrySignatures: /** @type {const} */ ('allow-extension'),
  plugins: [
    browserOnly(),
    ...where,
    assembly(),
    nodeResolve({ browser: true }),
    commonjs(),
    removeTypes(),
    shortShaders(),
    minify(),
    others.collect(),
  ],
  output: { ...format, dir, chunkFileNames },
});

const builds = [
  {
    // Alone, so that a page loads one small file; the host comes from a build of its own if it is wanted in the page.
    input: { index: entries.index },
    external: host,
    plugins: [nodeResolve({ browser: true }), removeTypes(), minify(arrows), others.collect()],
    output: { ...format, dir: out, paths: (/** @type {string} */ id) => (host.test(id) ? './here/host.js' : id) },
  },
  computing({ 'handful.worker': entries['handful.worker'] }, out),
  computing({ host: 'src/workers/host/host.ts' }, `${out}/here`, oneFolderDown()),
  {
    input: { index: entries.index, ...torch, ...internals },
    plugins: [
      forNode(),
      oneFolderDown(),
      assembly(),
      absent('./start.js', 'WebGPU is not available in Node'),
      nodeResolve({ exportConditions: ['node'], mainFields: ['module', 'main'] }),
      commonjs(),
      removeTypes(),
      others.collect(),
    ],
    output: { ...format, dir: `${out}/node` },
  },
  {
    input: kernels,
    external: tfjs,
    plugins: [assembly(), nodeResolve(), removeTypes(), minify(), others.collect()],
    output: { ...format, dir: out },
  },
  {
    // The SDK is the page's own, and comes when a `model` is named.
    input: elements,
    external: sdk,
    plugins: [shortStyles(), nodeResolve({ browser: true }), removeTypes(), minify(arrows), others.collect()],
    output: { ...format, dir: out, paths: fromIndex },
  },
  {
    input: elements,
    external: sdk,
    plugins: [dts({ compilerOptions: { stripInternal: true } }), withFiles('src/elements/frameworks')],
    output: { ...format, dir: out, paths: fromIndex },
  },
  {
    // By itself, so that nothing of it is in the page's part or the worker's.
    input: torch,
    external: common,
    plugins: [nodeResolve({ browser: true }), removeTypes(), minify(), others.collect()],
    output: { ...format, dir: out, paths: fromIndex },
  },
  {
    input: torch,
    external: common,
    plugins: [dts({ compilerOptions: { stripInternal: true } })],
    output: { ...format, dir: out, paths: fromIndex },
  },
  {
    input: { index: entries.index, ...kernels },
    external: tfjs,
    plugins: [dts({ compilerOptions: { stripInternal: true } }), anyPlatform(), others.write()],
    output: { ...format, dir: out },
  },
];

builds.at(-1).plugins.push(moveInto(out, 'dist'));

export default builds;
