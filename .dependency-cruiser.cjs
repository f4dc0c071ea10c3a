/** Which folder may import which: data flows one way (docs/architecture.md). import-rules.cjs says it, this enforces it. */
const { rooms, insideRooms } = require('./import-rules.cjs');

/** A room or a part of one: a folder, or a file of that name. */
const at = (path) => `^src/${path}(/|\\.ts$)`;

const betweenRooms = Object.entries(rooms).map(([from, allowed]) => ({
  name: `${from}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: at(from) },
  to: { path: '^src/', pathNot: [from, ...allowed].map(at) },
}));

const withinRooms = Object.entries(insideRooms).flatMap(([room, parts]) =>
  parts.map((part, index) => ({
    name: `${room}/${part}-imports-only-what-is-before-it`,
    severity: 'error',
    from: { path: at(`${room}/${part}`) },
    to: {
      path: `^src/${room}/`,
      pathNot: parts.slice(0, index + 1).map((before) => at(`${room}/${before}`)),
    },
  })),
);

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
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        // Those that only some projects ask for (src/files/optional-package.ts).
        dependencyTypesNot: ['npm-peer'],
        // The build puts these into the files that use them (scripts/bundle-libraries.js).
        pathNot: [
          '@types/',
          'node_modules/(sql-formatter|d3-geo|topojson-client|topojson-specification|country-regex)/',
        ],
      },
    },
    {
      // Its own files, the list of kernels, what the display package finds itself in, and the choice of a dialect.
      name: 'only-its-dialect-knows-tslab',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(tslab/|jupyter/kernelspec\\.ts|display/kernel\\.ts|notebook/dialects/)',
      },
      to: { path: '^(src/tslab/|node_modules/(@tslab|tslab)/)' },
    },
    ...betweenRooms,
    ...withinRooms,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
