import tseslint from 'typescript-eslint';

// The arrows of ARCHITECTURE.md: each layer may import those after it.
const layers = ['sdk', 'workers', 'training', 'models', 'backends'];

const noTfjs = {
  regex: '^@tensorflow/',
  message: 'Only src/backends and src/tfjs-kernels import TensorFlow.js; import src/backends/tf.ts.',
};
const notItself = { regex: '^handful($|/)', message: 'Sources do not import the package made of them.' };

/** Rooms that anyone may import, and that import nothing but such. */
const leaves = ['common', 'preprocess'];

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
  { ignores: ['**/dist/', 'docs/api/', '.cache/', '.data/', 'src/backends/wasm/assembly/', 'bench/subjects/*.as.ts'] },
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
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
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
    { regex: '^(\\.\\./)+(training|backends)/', message: "The page's main thread holds no tensors." },
    {
      regex: '^(\\.\\./)+workers/(?!client\\.js$|protocol\\.js$)',
      message: 'The SDK sees the client and the protocol.',
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
  forbid(['src/tfjs-kernels/**/*.ts'], notItself, {
    regex: '^(\\.\\./)+(sdk|workers|training|models|preprocess|backends/(?!wasm/))',
    message: 'The kernels for TensorFlow.js stand by themselves, on src/backends/wasm.',
  }),
  forbid(
    ['demos/**/*.{js,mjs,ts}'],
    { regex: '^(?!handful$|[./])', message: 'Demos use the public entry alone.' },
    { regex: '(^|/)(src|scripts|test|node_modules)/', message: 'Demos use the public entry alone.' },
    { regex: '(^|/)dist/(?!index\\.js$)', message: 'Demos use the public entry alone.' },
  ),
);
