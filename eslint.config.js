import tseslint from 'typescript-eslint';

/** What no file of src/ may hold. */
const everywhere = [
  {
    selector: 'CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name="recursive"]',
    message: 'src/files/make-folder.ts also ends below /proc.',
  },
];

/** What oxlint has no rule for: forms of syntax that this project does not use. Everything else is in .oxlintrc.json. */
export default tseslint.config(
  {
    ignores: [
      ...['**/dist/', 'node_modules/', '.daybook/', 'data/', 'coverage/', '**/*.cjs'],
      'docs/site/.vitepress/cache/',
    ],
  },
  {
    files: ['**/*.ts', '**/*.js'],
    // Comments may name any of its rules.
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser },
    // The comments are oxlint's.
    linterOptions: { reportUnusedDisableDirectives: 'off' },
  },
  {
    files: ['src/**/*.ts'],
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
);
