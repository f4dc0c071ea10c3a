/**
 * Which folder may import which: data flows one way (docs/architecture.md).
 * A leaf is known to everybody and knows only leaves before it.
 */
const leaves = {
  errors: [],
  'make-folder': [],
  'atomic-write': ['make-folder'],
  'output-folder': ['errors', 'make-folder'],
  logger: [],
  'code-version': [],
  browser: ['errors'],
  visibility: [],
  loopback: [],
  'closest-name': [],
  'exact-json': [],
  'text-file': [],
  'project-types': [],
  config: ['errors', 'visibility'],
  jupyter: ['errors', 'logger', 'project-types'],
  nbformat: ['errors', 'visibility'],
  chart: ['nbformat', 'closest-name'],
  display: ['exact-json', 'nbformat', 'chart'],
  cells: ['project-types'],
  warehouse: ['make-folder', 'errors', 'logger', 'exact-json', 'config'],
  publication: ['errors', 'visibility', 'nbformat', 'warehouse'],
};
const parts = {
  'sample-data': ['output-folder', 'errors'],
  pipeline: [
    'atomic-write',
    'make-folder',
    'output-folder',
    'errors',
    'logger',
    'closest-name',
    'exact-json',
    'code-version',
    'config',
    'text-file',
    'project-types',
    'warehouse',
  ],
  notebook: [
    'atomic-write',
    'browser',
    'errors',
    'logger',
    'text-file',
    'visibility',
    'config',
    'project-types',
    'warehouse',
    'jupyter',
    'nbformat',
    'chart',
    'display',
    'cells',
    'publication',
  ],
  kernel: ['errors', 'logger', 'jupyter', 'cells', 'display'],
  lab: [
    'make-folder',
    'atomic-write',
    'errors',
    'logger',
    'loopback',
    'config',
    'jupyter',
    'nbformat',
  ],
  server: [
    'make-folder',
    'atomic-write',
    'browser',
    'errors',
    'logger',
    'visibility',
    'loopback',
    'config',
    'warehouse',
    'nbformat',
    'chart',
    'publication',
  ],
};

const rules = Object.entries({ ...leaves, ...parts }).map(([from, allowed]) => ({
  name: `${from}-imports-only-its-left`,
  severity: 'error',
  from: { path: `^src/${from}(/|\\.ts$)` },
  to: { path: '^src/', pathNot: [from, ...allowed].map((to) => `^src/${to}(/|\\.ts$)`) },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli\\.ts|commands/)' },
      to: { path: '^src/(cli\\.ts|commands/)' },
    },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '@types/' },
    },
    ...rules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // src/pipeline and src/display have a package.json for their names only.
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
