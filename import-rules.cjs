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
  jupyter: ['errors', 'logger', 'files', 'system'],
  nbformat: ['errors', 'visibility'],
  chart: ['text', 'nbformat'],
  display: ['text', 'nbformat', 'chart'],
  cells: ['files'],
  warehouse: ['errors', 'logger', 'text', 'files', 'system', 'parse-sql', 'config'],
  publication: ['errors', 'visibility', 'nbformat', 'warehouse'],
  'tfjs-node': [],
  kernel: ['errors', 'logger', 'text', 'jupyter', 'cells', 'display'],
  lab: ['errors', 'logger', 'files', 'system', 'config', 'jupyter', 'nbformat'],
  pipeline: ['errors', 'logger', 'text', 'files', 'system', 'parse-sql', 'config', 'warehouse'],
  notebook: [
    ...['errors', 'logger', 'visibility', 'text', 'files', 'system', 'browser', 'parse-sql'],
    ...['config', 'jupyter', 'nbformat', 'chart', 'display', 'cells', 'warehouse', 'publication'],
  ],
  server: [
    ...['errors', 'logger', 'visibility', 'text', 'files', 'system', 'browser', 'parse-sql'],
    ...['config', 'nbformat', 'chart', 'warehouse', 'publication'],
  ],
};

/**
 * The parts of a room, files and folders, in their order: each imports only those before it. A part may be a room of
 * this list itself, by its path.
 */
const insideRooms = {
  commands: [
    ...['command', 'options', 'terminal', 'notify', 'warehouse', 'pipeline', 'notebooks'],
    ...['dashboard', 'workspace', 'commands'],
  ],
};

module.exports = { rooms, insideRooms };
