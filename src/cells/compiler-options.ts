import type { CompilerOptions } from 'typescript';
import { nodeLibraries } from './node-globals.js';
import { ts } from './typescript.js';

/**
 * How cells are checked and compiled: as modules for the Node.js that runs them, with the library that it
 * has and Node's types. Cells are where data is tried out: names and columns are checked, but
 * parameters without a type are `any`, and what may be missing (a nullable column, the first of no
 * rows) need not be ruled out first. tslab has it so, too, and its notebooks run here as they are.
 *
 * @param typeRoot - The folder that holds `node`, Node's types.
 */
export function cellCompilerOptions(typeRoot: string): CompilerOptions {
  return {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    lib: nodeLibraries(),
    types: ['node'],
    typeRoots: [typeRoot],
    strict: true,
    noImplicitAny: false,
    strictNullChecks: false,
    strictPropertyInitialization: false,
    useUnknownInCatchVariables: false,
    skipLibCheck: true,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    checkJs: false,
    // Both spellings of a project file work: `./rows.js`, as its emitted name, and `./rows.ts`.
    allowImportingTsExtensions: true,
    newLine: ts.NewLineKind.LineFeed,
    // Later cells may want the values of a `const enum` that an earlier one declares.
    preserveConstEnums: true,
    sourceMap: true,
  };
}
