/**
 * `node check-declarations.js COMPILER TSCONFIG`: what a version of TypeScript says of a project and of the declarations
 * of this package that it uses. Those of Node.js and of the compiler itself are believed: to check them is most of the
 * work of `skipLibCheck: false`, and says nothing of ours.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const [compiler = '', tsconfig = ''] = process.argv.slice(2);
/** @type {typeof import('typescript')} */
const ts = createRequire(import.meta.url)(compiler);
const host = ts.createCompilerHost({});
const { config, error } = ts.readConfigFile(tsconfig, ts.sys.readFile);
const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
  config,
  ts.sys,
  dirname(tsconfig),
);
const program = ts.createProgram(fileNames, options);
const own = program
  .getSourceFiles()
  .filter(
    (file) =>
      !program.isSourceFileDefaultLibrary(file) &&
      !/\/node_modules\/(?!daybook\/)/.test(file.fileName),
  );
const found = [
  ...(error === undefined ? [] : [error]),
  ...errors,
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...own.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]),
];
process.stdout.write(ts.formatDiagnostics(found, host));
if (
  !own.some(
    ({ fileName }) =>
      fileName.endsWith('/dist/display/index.d.ts') ||
      fileName.endsWith('/dist/pipeline/index.d.ts'),
  )
) {
  process.stdout.write('no declarations of the package were read\n');
}
process.exitCode = found.length > 0 ? 1 : 0;
