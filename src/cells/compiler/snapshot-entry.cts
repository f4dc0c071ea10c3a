/**
 * What is in the start-up snapshot of compiler processes. Node.js runs this script alone, without
 * modules of its own; it leaves TypeScript and the parsed files where cells/typescript.ts finds them.
 */
import type { CompilerHost, CompilerOptions, SourceFile } from 'typescript';

/* eslint-disable @typescript-eslint/no-require-imports -- a script of CommonJS */
const { readFileSync } = require('node:fs') as typeof import('node:fs');
const paths = require('node:path') as typeof import('node:path');

/** Set by build-snapshot.ts. */
const { path, options, folder } = JSON.parse(process.env['DAYBOOK_COMPILER_SNAPSHOT'] ?? '{}') as {
  path: string;
  options: CompilerOptions;
  folder: string;
};

// eslint-disable-next-line @typescript-eslint/no-implied-eval -- `require` finds only Node's own modules here
const load = new Function(
  ...['exports', 'require', 'module', '__filename', '__dirname'],
  readFileSync(path, 'utf8'),
) as (...given: unknown[]) => void;
const loaded = { exports: {} };
load(loaded.exports, require, loaded, path, paths.dirname(path));
const ts = loaded.exports as typeof import('typescript');

const files = new Map<string, SourceFile>();
const cell = `${folder}/cell.ts`;
const disk = ts.createCompilerHost(options);
const host: CompilerHost = {
  ...disk,
  getCurrentDirectory: () => folder,
  getSourceFile: (file, how) => {
    // A cell that uses a little of everything, so that what checks and prints it is warm.
    const text =
      'const rows = [{ a: 1 }];\nconsole.log(rows.map((row) => row.a));\nexport { rows };';
    if (file === cell) return ts.createSourceFile(file, text, how);
    const source = disk.getSourceFile(file, how);
    // The version is that of cells/source-files.ts.
    if (source !== undefined) files.set(file, Object.assign(source, { version: 'package' }));
    return source;
  },
};
const program = ts.createProgram([cell], options, host);
program.getSemanticDiagnostics(program.getSourceFile(cell));
program.emit(program.getSourceFile(cell), () => undefined);
(globalThis as Record<symbol, unknown>)[Symbol.for('daybook.preloaded')] = { ts, files };
