/**
 * Which room of src/ may import which, and the order of the parts inside a room. `.dependency-cruiser.cjs` makes
 * rules of it, and test/core/import-rules.test.ts compares it with the tables in docs/architecture.md.
 */

/** Each room with those that it may import; it stands after all of them. */
const rooms = {
  errors: [],
  logger: [],
  visibility: [],
  text: [],
  files: ['errors'],
  system: [],
  browser: ['errors'],
  'parse-sql': [],
  config: ['errors', 'visibility', 'text', 'files'],
  storage: ['errors', 'files', 'config'],
  cells: ['files', 'parse-sql'],
  tslab: ['files', 'cells'],
  jupyter: ['errors', 'logger', 'files', 'system', 'tslab'],
  nbformat: ['errors', 'visibility'],
  chart: ['text', 'nbformat'],
  display: ['text', 'tslab', 'nbformat', 'chart'],
  warehouse: ['errors', 'logger', 'text', 'files', 'system', 'parse-sql', 'config'],
  'row-types': ['text', 'parse-sql', 'config', 'warehouse'],
  history: ['errors', 'text', 'config', 'warehouse'],
  publication: ['errors', 'visibility', 'nbformat', 'warehouse', 'history'],
  schedules: ['errors', 'logger', 'text', 'config', 'warehouse', 'history'],
  http: ['errors', 'logger', 'system', 'config'],
  'tfjs-node': [],
  kernel: [
    ...['errors', 'logger', 'text', 'files', 'parse-sql', 'config', 'jupyter', 'nbformat'],
    ...['cells', 'display', 'row-types'],
  ],
  lab: ['errors', 'logger', 'text', 'files', 'system', 'config', 'jupyter', 'nbformat', 'http'],
  pipeline: [
    ...['errors', 'logger', 'text', 'files', 'system', 'parse-sql', 'config'],
    ...['storage', 'warehouse', 'row-types', 'history'],
  ],
  notebook: [
    ...['errors', 'logger', 'visibility', 'text', 'files', 'system', 'browser', 'parse-sql'],
    ...['config', 'jupyter', 'nbformat', 'chart', 'display', 'cells', 'tslab', 'warehouse'],
    'row-types',
    ...['history', 'publication'],
  ],
  worker: [
    ...['errors', 'logger', 'files', 'config', 'system', 'warehouse', 'history', 'publication'],
    ...['pipeline', 'notebook'],
  ],
  orchestration: ['files', 'parse-sql', 'config', 'nbformat', 'pipeline', 'notebook'],
  'open-lineage': [
    ...['errors', 'logger', 'files', 'config', 'warehouse', 'history', 'pipeline', 'notebook'],
    'orchestration',
  ],
  server: [
    ...['errors', 'logger', 'visibility', 'text', 'files', 'system', 'browser', 'parse-sql'],
    ...['config', 'nbformat', 'chart', 'warehouse', 'history', 'publication', 'schedules', 'http'],
  ],
};

/**
 * The parts of a room, files and folders, in their order: each imports only those before it. A part may be a room of
 * this list itself, by its path.
 */
const insideRooms = {
  'parse-sql': [
    ...['parse-statements', 'volatile-functions', 'query-names', 'sql-tokens', 'sql-cell'],
    ...['placeholders', 'columns', 'query-outline', 'scope-at', 'format'],
  ],
  config: [
    ...['environment', 'declarations', 'theme', 'define-config', 'modules', 'project', 'config'],
    ...['workspace-config', 'require-home', 'sample-logs', 'url-passwords'],
  ],
  cells: [
    ...[
      'compiler',
      'names',
      'cell-diagnostic',
      'typescript-diagnostic',
      'missing-module',
      'cell-tags',
      'display-call',
      'cell-findings',
      'figure-ids',
    ],
    ...[
      'last-expression',
      'source-files',
      'cell-host',
      'sql',
      'loaded-cell',
      'emit',
      'compiled-cell',
    ],
    'cell-program',
  ],
  warehouse: [
    ...['query', 'connect', 'migrations', 'schema', 'embedded', 'warehouse', 'awaited-reader'],
  ],
  history: ['rejects', 'reports', 'workers', 'runs', 'files', 'models', 'notified-topics'],
  pipeline: [
    ...['retry', 'pipeline-event', 'definitions', 'extract', 'task-executor', 'project'],
    'table-types',
    ...[
      'plan',
      'load',
      'rejects',
      'transform',
      'run-task',
      'dry-run',
      'run-options',
      'pipeline-work',
      'run-pipeline',
      'data-frame',
    ],
    ...['run-connections', 'read-rows', 'arrow', 'session'],
    ...['run-in-workspace', 'index'],
  ],
  'pipeline/arrow': ['arrow-instants', 'arrow-column', 'arrow-writer'],
  'pipeline/extract': ['files', 'time', 'event', 'values', 'json', 'text', 'lines'],
  'pipeline/load': [
    ...[
      'encode',
      'limits',
      'copy-in',
      'ensure-table',
      'check-fields',
      'drift',
      'load-file',
      'load-one',
    ],
    ...['load-files', 'load-within-limits', 'drop-retired-sources'],
  ],
  'pipeline/transform': [
    ...['publish', 'increment', 'analyze-source', 'check-columns'],
    ...['refuse-volatile', 'run-tests', 'build-model', 'run-models'],
  ],
  chart: ['figure', 'rows', 'table', 'metric', 'names', 'picture', 'files'],
  'chart/picture': [
    ...['scale', 'svg', 'drawing', 'statistics', 'axes', 'cartesian', 'panels', 'parts'],
    ...['polar', 'geo', 'picture', 'rows-picture', 'picture-style', 'picture-address'],
  ],
  notebook: [
    ...[
      'document',
      'parameters',
      'report',
      'run-settings',
      'collection',
      'plan',
      'dialects',
      'type-check',
      'lint',
    ],
    ...['execute', 'publish', 'notebook-sharing', 'run-planned', 'run-notebooks', 'share'],
  ],
  orchestration: [...['graph-document', 'project-graph', 'graph-notebooks', 'airflow-dag']],
  schedules: [
    ...[
      'due-times',
      'describe-schedule',
      'deadline-times',
      'firing',
      'claim-due',
      'schedule-lock',
      'presence',
    ],
    ...[
      'scheduler',
      'schedule-actions',
      'deadline-reader',
      'deadline-watch',
      'schedule-reader',
      'operations-reader',
    ],
  ],
  'open-lineage': [
    ...['lineage-event', 'lineage-place', 'lineage-sender', 'pipeline-lineage'],
    ...['notebook-lineage', 'lineage', 'with-lineage'],
  ],
  server: [
    ...[
      'assets',
      'client',
      'paths',
      'access',
      'rendering',
      'reading',
      'parts',
      'site',
      'export',
      'app',
      'dashboard',
    ],
  ],
  'server/site': [
    ...[
      'route',
      'page-sources',
      'graph',
      'notebooks',
      'pipeline',
      'catalogue',
      'machines',
      'sign-in',
    ],
    ...['live-events', 'authorize', 'routes'],
  ],
  'server/rendering': [
    ...['html', 'pieces', 'text', 'markdown', 'output', 'notebook'],
    ...[
      'search-index',
      'page-values',
      'filtered-output',
      'figure-file',
      'column-lineage',
      'rendered-notebook',
      'rendered-code',
    ],
    ...['render-job', 'render-thread', 'render-child', 'render-process', 'renderer'],
    'colored-code',
  ],
  'server/rendering/output': ['image', 'metric-cards', 'json-tree', 'error-output', 'output'],
  'server/reading': [
    ...['grace-period', 'stale-cache', 'readers', 'publication-cache', 'operations-cache'],
    ...['run-facts', 'figure-files', 'notebook-runs', 'with-problems', 'lineage-reader'],
  ],
  lab: [
    'http',
    'contents',
    'kernels',
    'front-end',
    'api-routes',
    'lab-app',
    'lab-server',
    'open-browser',
  ],
  commands: [
    ...[
      'command',
      'options',
      'fill-address',
      'terminal',
      'notify',
      'warehouse',
      'pipeline',
      'notebooks',
    ],
    ...['orchestration', 'dashboard', 'workers', 'proof', 'workspace', 'commands', 'command-line'],
    'run-command-line',
  ],
};

module.exports = { rooms, insideRooms };
