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
import { ts } from './typescript.js';

/** The statements of a cell, of which the last expression returns its value as the element of an array. */
export function withResult(statements: readonly Statement[], factory: NodeFactory): Statement[] {
  const at = statements.findLastIndex(
    (statement) =>
      !ts.isFunctionDeclaration(statement) &&
      !ts.isEmptyStatement(statement) &&
      statement.kind !== ts.SyntaxKind.NotEmittedStatement,
  );
  const last = statements[at];
  if (last === undefined || !ts.isExpressionStatement(last)) return [...statements];
  // Declarations became expressions, but have no value to show.
  if (!ts.isExpressionStatement(ts.getOriginalNode(last))) return [...statements];
  const result = factory.createReturnStatement(
    // Not as a property, whose name an anonymous function would take.
    factory.createArrayLiteralExpression([last.expression]),
  );
  return [...statements.slice(0, at), ts.setTextRange(result, last), ...statements.slice(at + 1)];
}

/**
 * The object literal that a cell ends with: `{ a: 1, b: 2 }`. As a statement of its own JavaScript takes it
 * for a block, or for nothing that it knows; who writes it last in a cell wants to see the object, as
 * consoles of JavaScript show it. Undefined: the cell ends with something else.
 */
export function closingObject(source: string): TextRange | undefined {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest);
  // Where the parser lost its way, what it took for a block may not be the last statement.
  for (const block of file.statements.filter(ts.isBlock).reverse()) {
    const pos = block.getStart(file);
    const object = objectAt(source, pos);
    if (object !== undefined) return object;
  }
  return undefined;
}

/** The object literal from here to the end of the text; comments and a semicolon may follow it. */
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
  // An object with a mistake differs from a block with one in how far a parser gets.
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

/** Where the parser first finds something wrong; `Infinity`: nowhere. */
function firstError(text: string): number {
  const file = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.Latest);
  return Math.min(...errorsOf(file).map(({ start }) => start));
}

/** The parser's own findings, which its declarations leave out. */
export function errorsOf(file: SourceFile): TextRangeOfError[] {
  return (file as { parseDiagnostics?: TextRangeOfError[] }).parseDiagnostics ?? [];
}

interface TextRangeOfError {
  start: number;
  length: number;
  readonly code: number;
}

/**
 * Parses a cell's text; an object that it ends with is an expression, as if it stood in brackets, and
 * everything has the place that it has in the text.
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
