import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Where the process itself may be touched: the command line, and what notebooks import by name. */
const edges = [
  'src/cli.ts',
  'src/pipeline/session.ts',
  // Preloaded into tslab.
  'src/tslab/preload.ts',
  // The kernel's three processes; cells run in one of them, so its streams and exit are replaced.
  'src/kernel/main.ts',
  'src/kernel/compiler/main.ts',
  'src/kernel/runner/main.ts',
  // Makes the snapshot, in a process of its own.
  'src/cells/build-snapshot.ts',
  // The process that renders; it ends with its parent.
  'src/server/rendering/render-process.ts',
];

/** What no file of src/ may hold. */
const everywhere = [
  { selector: 'ExportDefaultDeclaration', message: 'Name every export.' },
  {
    selector: 'CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name="recursive"]',
    message: 'src/files/make-folder.ts also ends below /proc.',
  },
];

export default tseslint.config(
  {
    ignores: [
      ...['**/dist/', 'node_modules/', '.daybook/', 'data/', 'coverage/', '**/*.cjs'],
      'docs/site/.vitepress/cache/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Index signatures are read with brackets (tsconfig: noPropertyAccessFromIndexSignature).
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name every export.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.cjs'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        {
          selector:
            'NewExpression[callee.name="URL"] > MemberExpression[object.type="MetaProperty"]',
          message: 'Bundled code stands elsewhere: packageFile finds what comes with Daybook.',
        },
      ],
    },
  },
  {
    // Started as compiled, so that their neighbours are beside them.
    files: [
      'src/kernel/**/*.ts',
      'src/server/rendering/render-process.ts',
      'src/cells/build-snapshot.ts',
      'src/files/package-file.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...everywhere] },
  },
  {
    // What they import is installed with the first `daybook lab`, or in the projects that are made of them.
    files: ['lab/src/**/*.ts', 'create-daybook/templates/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
  },
  {
    files: ['src/**/*.ts'],
    ignores: edges,
    rules: {
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'exit', message: 'Only src/cli.ts ends the process.' },
        { object: 'process', property: 'argv', message: 'Only src/cli.ts reads arguments.' },
        {
          object: 'process',
          property: 'env',
          message: 'Take the environment as a parameter; src/cli.ts passes it in.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['*.config.ts', 'create-daybook/templates/**/*.config.ts', 'eslint.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  // Names of the browser are checked by the compiler: src/server/client/tsconfig.json.
  { files: ['src/server/client/**/*.js'], rules: { 'no-undef': 'off' } },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', fetch: 'readonly' },
    },
  },
);
