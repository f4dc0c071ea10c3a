// The last expression of a cell: its value is the cell's result, and `{ a: 1 }` at the end is an object.

import type {
  NodeFactory,
  Statement,
  CreateSourceFileOptions,
  Node,
  NodeArray,
  ScriptTarget,
  SourceFile,
  TextRange,
} from 'typescript';
import { ts } from './compiler/typescript.js';

/** The statements of a cell, with a `return` of the last expression's value as the element of an array. */
export function withResult(statements: readonly Statement[], factory: NodeFactory): Statement[] {
  const at = statements.findLastIndex(
    (statement) =>
      !ts.isFunctionDeclaration(statement) &&
      !ts.isEmptyStatement(statement) &&
      statement.kind !== ts.SyntaxKind.NotEmittedStatement,
  );
  const last = statements[at];
  if (last === undefined || !ts.isExpressionStatement(last)) return [...statements];
  // Declarations have become expressions, but have no value to show.
  if (!ts.isExpressionStatement(ts.getOriginalNode(last))) return [...statements];
  const result = factory.createReturnStatement(
    // A property would give its name to an anonymous function.
    factory.createArrayLiteralExpression([last.expression]),
  );
  return [...statements.slice(0, at), ts.setTextRange(result, last), ...statements.slice(at + 1)];
}

/**
 * The object literal at the end of a cell: `{ a: 1, b: 2 }`. JavaScript parses it as a block, or fails; its author
 * wants to see the object, as in consoles. Undefined: the cell ends with something else.
 */
export function closingObject(source: string): TextRange | undefined {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest);
  // After a syntax error the last block may not be the last statement.
  for (const block of file.statements.filter(ts.isBlock).reverse()) {
    const pos = block.getStart(file);
    const object = objectAt(source, pos);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** The object literal from an offset to the end of the text, where comments and a semicolon may follow. */
function objectAt(source: string, pos: number): TextRange | undefined {
  const rest = source.slice(pos);
  const [expression] = ts.createSourceFile(
    'cell.ts',
    `(${rest}`,
    ts.ScriptTarget.Latest,
  ).statements;
  if (expression === undefined || !ts.isExpressionStatement(expression)) return undefined;
  const bracketed = expression.expression;
  if (!ts.isParenthesizedExpression(bracketed)) return undefined;
  if (!ts.isObjectLiteralExpression(bracketed.expression)) return undefined;
  const length = bracketed.expression.end - 1;
  if (!isEnd(rest.slice(length))) return undefined;
  const asObject = firstError(`(${rest.slice(0, length)})`) - 1;
  // An object with an error and a block with an error differ in how far the parser gets.
  const isObject = asObject === Infinity || asObject > firstError(rest);
  return isObject ? { pos, end: pos + length } : undefined;
}

function isEnd(text: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, undefined, text);
  const token = scanner.scan();
  return (
    token === ts.SyntaxKind.EndOfFileToken ||
    (token === ts.SyntaxKind.SemicolonToken && scanner.scan() === ts.SyntaxKind.EndOfFileToken)
  );
}

/** The offset of the first syntax error; `Infinity`: none. */
function firstError(text: string): number {
  const file = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.Latest);
  return Math.min(...errorsOf(file).map(({ start }) => start));
}

/** Syntax errors, which the compiler's declarations omit. */
export function errorsOf(file: SourceFile): TextRangeOfError[] {
  return (file as { parseDiagnostics?: TextRangeOfError[] }).parseDiagnostics ?? [];
}

interface TextRangeOfError {
  start: number;
  length: number;
  readonly code: number;
}

/**
 * Parses a cell's text; a closing object is parsed as if in brackets, and all positions are those of the text.
 *
 * @param object - By {@link closingObject}.
 */
export function parseCell(
  path: string,
  text: string,
  how: ScriptTarget | CreateSourceFileOptions,
  object: TextRange | undefined,
): SourceFile {
  if (object === undefined) return ts.createSourceFile(path, text, how);
  const { pos, end } = object;
  const bracketed = `${text.slice(0, pos)}(${text.slice(pos, end)})${text.slice(end)}`;
  const file = ts.createSourceFile(path, bracketed, how);
  const placed = (at: number) => at - (at > pos ? 1 : 0) - (at > end + 1 ? 1 : 0);
  const place = (range: TextRange) => {
    ts.setTextRange(range, { pos: placed(range.pos), end: placed(range.end) });
  };
  const visit = (node: Node) => {
    place(node);
    for (const comment of (node as { jsDoc?: readonly Node[] }).jsDoc ?? []) visit(comment);
    ts.forEachChild(node, visit, (nodes: NodeArray<Node>) => {
      place(nodes);
      nodes.forEach(visit);
    });
  };
  visit(file);
  const { commentDirectives = [] } = file as { commentDirectives?: { range: TextRange }[] };
  for (const { range } of commentDirectives) place(range);
  for (const error of errorsOf(file)) error.start = placed(error.start);
  return Object.assign(file, { text });
}
