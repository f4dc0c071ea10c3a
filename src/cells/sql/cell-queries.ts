// Queries in a cell whose text TypeScript knows.

import type { CallExpression, Expression, Node, SourceFile, TypeChecker } from 'typescript';
import type { TranslatedSql } from './sql-translation.js';
import { literalPlaces } from './literal-places.js';
import type { QueryFile, TextPlaces } from './text-places.js';
import { ts } from '../compiler/typescript.js';

/** A query whose text TypeScript knows: its type is that one text. */
export interface CellQuery {
  readonly sql: string;
  /** Where its text stands in the cell; of a text from elsewhere, what stands for it. */
  readonly places: TextPlaces;
  /** The project's file that it stands in, which the cell imports; undefined: the cell. */
  readonly file?: QueryFile | undefined;
}

/** Functions of `daybook/pipeline` that take the text of a query. */
const takers: ReadonlySet<string> = new Set([
  'query',
  'queryStream',
  'queryArrow',
  'dataFrame',
  'choicesFrom',
]);

/** The queries of a cell or of another file, as far as their texts are literals or constants of such. */
export function queriesIn(file: SourceFile, checker: TypeChecker): CellQuery[] {
  const found: CellQuery[] = [];
  const visit = (node: Node): void => {
    if (ts.isCallExpression(node) && isTaker(node, checker)) {
      const [argument] = node.arguments;
      const type = argument && checker.getTypeAtLocation(argument);
      if (argument !== undefined && type?.isStringLiteral() === true) {
        const { value: sql } = type;
        const literal = literalOf(argument, file, checker);
        found.push({ sql, places: literalPlaces(literal, sql, file, checker) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The queries of a project's file. */
export function queriesInFile(file: SourceFile, checker: TypeChecker): CellQuery[] {
  // What it calls has to come from somewhere.
  if (!/\bimport\b/.test(file.text)) return [];
  const { fileName: path, text } = file;
  return queriesIn(file, checker).map((query) => ({ ...query, file: { path, text } }));
}

/** A query of a cell's TypeScript where it stands in the cell itself. */
export function placedQuery(query: CellQuery, sql: TranslatedSql | undefined): CellQuery {
  if (sql === undefined) return query;
  if (query.sql === sql.sql) return { sql: sql.sql, places: sql.places };
  const { placeOf } = sql.translation;
  return { ...query, places: query.places.map(([offset, at]) => [offset, placeOf(at)] as const) };
}

/** Whether a call is one of {@link takers}, by whatever name the cell has it. */
function isTaker({ expression }: CallExpression, checker: TypeChecker): boolean {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  if (!ts.isIdentifier(name)) return false;
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined) return false;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const path = target.declarations?.[0]?.getSourceFile().fileName ?? '';
  return takers.has(target.name) && /\/(?:dist|src)\/pipeline\/index(?:\.d)?\.ts$/.test(path);
}

/** The literal that an expression of the file is: itself, or what a constant of the file is set to. */
function literalOf(expression: Expression, file: SourceFile, checker: TypeChecker): Expression {
  if (isText(expression)) return expression;
  const declaration = checker.getSymbolAtLocation(expression)?.valueDeclaration;
  if (declaration?.getSourceFile() !== file || !ts.isVariableDeclaration(declaration))
    return expression;
  const { initializer } = declaration;
  return initializer !== undefined && isText(initializer) ? initializer : expression;
}

function isText(expression: Expression): boolean {
  return ts.isStringLiteralLike(expression) || ts.isTemplateExpression(expression);
}
