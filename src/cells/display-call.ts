// Calls of `daybook/display` in cells, by whatever name the cell has imported them.

import type {
  CallExpression,
  NewExpression,
  ObjectLiteralExpression,
  TypeChecker,
} from 'typescript';
import { ts } from './compiler/typescript.js';

/** A call that shows a figure. */
export interface DisplayCall {
  readonly what: 'plot' | 'table' | 'metric';
  /** Its options, where they are written out; undefined: they are made elsewhere. */
  readonly options: ObjectLiteralExpression | undefined;
}

/** Where each has its options among its arguments. */
const optionsAt: Readonly<Record<string, number>> = { plot: 0, table: 1, metric: 0 };

/** A call as one that shows a figure; undefined: it is another one. */
export function displayCall(
  { expression, arguments: given }: CallExpression | NewExpression,
  checker: TypeChecker,
): DisplayCall | undefined {
  const symbol = checker.getSymbolAtLocation(
    ts.isPropertyAccessExpression(expression) ? expression.name : expression,
  );
  if (symbol === undefined) return undefined;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const path = target.declarations?.[0]?.getSourceFile().fileName ?? '';
  const at = Object.hasOwn(optionsAt, target.name) ? optionsAt[target.name] : undefined;
  if (at === undefined || !/\/(?:dist|src)\/display\/\w+(?:\.d)?\.ts$/.test(path)) return undefined;
  const options = given?.[at];
  return {
    what: target.name as DisplayCall['what'],
    options: options !== undefined && ts.isObjectLiteralExpression(options) ? options : undefined,
  };
}
