// tslab's compilation of cells, for positions in stack traces.

import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import type * as TypeScript from 'typescript';
import { findOptionalPackage } from '../files/optional-package.js';

/**
 * tslab's JavaScript of a cell, to whose lines stack traces refer.
 * tslab compiles twice with its own TypeScript 5.0.4, to ES modules and from there to CommonJS, after it has put
 * `export {}` before the cell, exported all its names, and made the last expression a constant (converter.js). The
 * same is done here with the same compiler and source maps.
 */
export interface CompiledCell {
  /** The number of lines, with the empty one at the end. */
  readonly lineCount: number;
  /** The position in the cell's source of a position in the JavaScript; all from 1. */
  sourcePosition(line: number, column: number): SourcePosition | undefined;
}

/** A position in a cell's source, from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

const prefix = 'export {};\n';
const lastExpression = 'export const tsLastExpr = ';

/** A cell with the context of its compilation. */
export interface CellToCompile {
  readonly source: string;
  /** Names imported as types only: tslab drops them, and the text of a cell does not show which they are. */
  readonly typeImports: ReadonlySet<string>;
  /** The sources of the cells that ran before it; tslab writes their names as `exports.name`. */
  readonly earlierSources: readonly string[];
}

/** Compiles a cell as tslab does. */
export function compileCell({ source, typeImports, earlierSources }: CellToCompile): CompiledCell {
  const ts = compilerOfTslab();
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true);
  const names = exportedNames(ts, file).filter((name) => !typeImports.has(name));
  const earlier = new Set(
    earlierSources.flatMap((text) =>
      exportedNames(ts, ts.createSourceFile('earlier.ts', text, ts.ScriptTarget.ES2022)),
    ),
  );
  for (const name of names) earlier.delete(name);
  const expression = file.statements.at(-1);
  const start =
    expression !== undefined && ts.isExpressionStatement(expression)
      ? expression.getStart(file)
      : undefined;
  const body =
    start === undefined ? source : source.slice(0, start) + lastExpression + source.slice(start);
  const suffix = names.length === 0 ? '' : `\nexport {${names.join(', ')}}`;
  const options: TypeScript.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    esModuleInterop: true,
    newLine: ts.NewLineKind.LineFeed,
    experimentalDecorators: true,
    jsx: ts.JsxEmit.React,
    sourceMap: true,
  };
  const ofTslab = { noImplicitUseStrict: true }; // TypeScript 6 knows it no longer
  const transpile = (
    input: string,
    module: TypeScript.ModuleKind,
    transformers: TypeScript.CustomTransformers = {},
  ) => {
    const result = ts.transpileModule(input, {
      fileName: 'cell.ts',
      compilerOptions: { ...options, ...ofTslab, module },
      transformers,
    });
    return {
      text: result.outputText.replace(/\/\/# sourceMappingURL=.*\n?$/, ''),
      map: new SourceMap(JSON.parse(result.sourceMapText ?? '{}') as SourceMapPayload),
    };
  };
  const modules = transpile(prefix + body + suffix, ts.ModuleKind.ESNext, {
    after: [exportsOf(ts, earlier)],
  });
  const script = transpile(modules.text, ts.ModuleKind.CommonJS);
  const sourceLines = source.split('\n').length;
  const inserted = start === undefined ? undefined : file.getLineAndCharacterOfPosition(start);
  return {
    lineCount: script.text.split('\n').length,
    sourcePosition(line, column) {
      const middle = entry(script.map, line - 1, column - 1);
      const original = middle && entry(modules.map, middle.line, middle.column);
      if (original === undefined) return undefined;
      const sourceLine = original.line - 1; // the prefix is one line
      if (sourceLine < 0 || sourceLine >= sourceLines) return undefined;
      const shifted =
        inserted?.line === sourceLine && original.column >= inserted.character
          ? Math.max(inserted.character, original.column - lastExpression.length)
          : original.column;
      return { line: sourceLine + 1, column: shifted + 1 };
    },
  };
}

/** The map's entry at or before a position of the output, from 0. */
function entry(
  map: SourceMap,
  line: number,
  column: number,
): { line: number; column: number } | undefined {
  const found = map.findEntry(line, column);
  if (!('originalLine' in found) || found.generatedLine !== line) return undefined;
  return {
    line: found.originalLine,
    // Within one mapping both sides advance alike.
    column: found.originalColumn + column - found.generatedColumn,
  };
}

/** Replaces names of earlier cells by properties of `exports`, as tslab does. */
function exportsOf(
  ts: typeof TypeScript,
  earlier: ReadonlySet<string>,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => (file) => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (!ts.isIdentifier(node)) return ts.visitEachChild(node, visit, context);
      const parent = node.parent as TypeScript.Node | undefined;
      const isProperty =
        parent !== undefined &&
        'name' in parent &&
        parent.name === node &&
        !ts.isBindingElement(parent);
      return earlier.has(node.text) && !isProperty
        ? ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier('exports'), node)
        : node;
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/** The names that tslab exports: all values that the cell declares or imports. */
function exportedNames(ts: typeof TypeScript, file: TypeScript.SourceFile): string[] {
  const ofBinding = (name: TypeScript.BindingName): string[] =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((element) =>
          ts.isOmittedExpression(element) ? [] : ofBinding(element.name),
        );
  const ofImport = (clause: TypeScript.ImportClause | undefined): string[] => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- 5.0.4 has no phaseModifier
    if (clause === undefined || clause.isTypeOnly) return [];
    const named = clause.namedBindings;
    const bound =
      named === undefined
        ? []
        : ts.isNamespaceImport(named)
          ? [named.name]
          : named.elements.filter((one) => !one.isTypeOnly).map((one) => one.name);
    return [clause.name, ...bound].flatMap((name) => name?.text ?? []);
  };
  return file.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => ofBinding(name));
    }
    if (ts.isImportDeclaration(statement)) return ofImport(statement.importClause);
    if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    ) {
      return statement.name?.text ?? [];
    }
    return [];
  });
}

/** tslab's own compiler; ours for a tslab in another place. It takes 0.1 s and 50 MB, so the first error loads it. */
function compilerOfTslab(): typeof TypeScript {
  const tslab = findOptionalPackage('tslab');
  const compiler: unknown =
    tslab === undefined
      ? createRequire(import.meta.url)('typescript')
      : tslab.require('@tslab/typescript-for-tslab');
  return compiler as typeof TypeScript;
}
