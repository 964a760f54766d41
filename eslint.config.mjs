import tseslint from 'typescript-eslint';

// The arrows of ARCHITECTURE.md: each layer may import those after it.
const layers = ['elements', 'sdk', 'workers', 'training', 'models', 'backends'];

const noTfjs = {
  regex: '^@tensorflow/',
  message: 'Only src/backends and src/tfjs-kernels import TensorFlow.js; import src/backends/tf.ts.',
};
const notItself = { regex: '^handful($|/)', message: 'Sources do not import the package made of them.' };

/** Files that TypeScript knows: their rules may ask for types. */
const typed = ['src/**/*.ts', 'test/**/*.ts', 'demos/**/*.js', 'scripts/**/*.mjs', 'bench/*.mjs'];

/** Of these, node's runner awaits what they return. */
const ofNodeTest = { from: 'package', package: 'node:test', name: ['describe', 'it', 'suite', 'test'] };

/** Rooms that anyone may import, and that import nothing but such. */
const leaves = ['common', 'preprocess', 'types'];

/**
 * Imports that a folder's files may not have, types included.
 * @param {string[]} files
 * @param {...{ regex: string, message: string, allowTypeImports?: boolean }} patterns
 * @returns {import('typescript-eslint').ConfigWithExtends}
 */
const forbid = (files, ...patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const againstTheArrows = (/** @type {string} */ layer) => ({
  regex: `^(\\.\\./)+(${layers.slice(0, layers.indexOf(layer)).join('|')})/`,
  message: `Imports go ${layers.join(' -> ')}, never back.`,
});

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'docs/api/',
      'site/',
      '.cache/',
      '.data/',
      'test/package/apps/{angular,elements-angular}/',
      'src/elements/frameworks/',
    ],
  },
  tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'off',
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: typed,
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [ofNodeTest] }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // What JSON.parse and Array.isArray yield is `any`; it is checked where it comes from outside.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-base-to-string': 'off', // messages quote whatever came
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/only-throw-error': 'off', // what was caught is passed on, whatever it is
      '@typescript-eslint/require-await': 'off', // many are async because their interface is
      '@typescript-eslint/unbound-method': 'off', // objects of functions have no `this`
    },
  },
  {
    files: typed.filter((glob) => !/^(src|demos)/.test(glob)),
    rules: {
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    // Listeners may be async: what they reject with is shown (demos/shared/notice.js), or ends the script.
    files: typed.filter((glob) => !glob.startsWith('src')),
    rules: { '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }] },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': ['error', { allow: ['warn'] }] } },

  // AssemblyScript: numbers are never converted by ==, and there are no imports of types alone.
  {
    files: ['src/backends/wasm/assembly/*.ts', 'bench/subjects/*.as.ts'],
    rules: {
      eqeqeq: 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off', // its many types of numbers are one to TypeScript
    },
  },

  forbid(['src/*.ts'], noTfjs, notItself, {
    regex: `^\\./(${layers.join('|')})/`,
    message: 'Leaves that every layer may import, import no layer.',
  }),
  forbid(['src/internals.ts'], noTfjs, notItself), // the door for the project's own scripts
  forbid(
    ['src/sdk/**/*.ts'],
    noTfjs,
    notItself,
    againstTheArrows('sdk'),
    { regex: '^(\\.\\./)+(training|backends)/', message: "The page's main thread holds no tensors." },
    {
      regex: '^(\\.\\./)+workers/(?!(client|connection|protocol)\\.js$)',
      message: 'The SDK sees the client, the connection and the protocol.',
    },
    { regex: '^(\\.\\./)+workers/protocol\\.js$', allowTypeImports: true, message: "The protocol's types only." },
  ),
  forbid(['src/workers/**/*.ts'], noTfjs, notItself, againstTheArrows('workers')),
  forbid(['src/training/**/*.ts'], noTfjs, notItself, againstTheArrows('training')),
  forbid(['src/models/**/*.ts'], noTfjs, notItself, againstTheArrows('models')),
  forbid(['src/backends/**/*.ts'], notItself, againstTheArrows('backends')),
  ...leaves.map((leaf) =>
    forbid([`src/${leaf}/**/*.ts`], noTfjs, notItself, {
      regex: `^(\\.\\./)+(${[...layers, 'tfjs-kernels', ...(leaf === 'common' ? ['preprocess'] : [])].join('|')})/`,
      message: 'Leaves that every layer may import, import no layer.',
    }),
  ),
  forbid(['src/elements/**/*.ts'], noTfjs, notItself, {
    regex: `^(\\.\\./)+(${[...layers.slice(1), 'tfjs-kernels'].join('|')})/`,
    message: 'Elements stand by themselves, on types and leaves; the SDK is imported when it is needed.',
  }),
  forbid(['src/tfjs-kernels/**/*.ts'], notItself, {
    regex: '^(\\.\\./)+(sdk|elements|workers|training|models|preprocess|backends/(?!wasm/))',
    message: 'The kernels for TensorFlow.js stand by themselves, on src/backends/wasm.',
  }),
  forbid(['scripts/**/*.mjs', 'bench/*.mjs'], { regex: '/dist/node/', message: 'Its types are those of #internals.' }),
  forbid(
    ['demos/*/*.{js,mjs,ts}'],
    { regex: '^(?!handful(/elements)?$|[./])', message: 'Demos use the public entry alone.' },
    { regex: '(^|/)(src|scripts|test|node_modules)/', message: 'Demos use the public entry alone.' },
    { regex: '(^|/)dist/(?!index\\.js$)', message: 'Demos use the public entry alone.' },
  ),
);
