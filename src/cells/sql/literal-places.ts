// The places of a literal's text in the code, as TypeScript reads it.

import type { Expression, SourceFile, TypeChecker } from 'typescript';
import { ts } from '../compiler/typescript.js';
import type { TextPlaces } from './text-places.js';

/**
 * The places of a text that an expression of the file stands for: of a literal, character by character; of a template
 * with constants, too; of all others, its beginning.
 *
 * @param text - What the expression is at run time.
 */
export function literalPlaces(
  expression: Expression,
  text: string,
  file: SourceFile,
  checker: TypeChecker,
): TextPlaces {
  const places: (readonly [number, number])[] = [];
  let offset = 0;
  const addRaw = (start: number, end: number) => {
    for (const [length, at, rawEnd] of rawPieces(file.text, start, end)) {
      addPiece(places, [offset, at], rawEnd - at === length);
      offset += length;
    }
  };
  const from = expression.getStart(file);
  const isOpen = ts.isStringLiteralLike(expression) && expression.isUnterminated === true;
  const end = isOpen ? expression.end : expression.end - 1;
  if (ts.isStringLiteralLike(expression)) addRaw(from + 1, end);
  else if (ts.isTemplateExpression(expression)) {
    addRaw(from + 1, expression.head.end - 2);
    for (const { expression: inner, literal } of expression.templateSpans) {
      const type = checker.getTypeAtLocation(inner);
      places.push([offset, inner.getStart(file)]);
      const { value } = type.isLiteral() ? type : { value: undefined };
      if (typeof value === 'string' || typeof value === 'number') offset += String(value).length;
      places.push([offset, inner.end]);
      const isTail = literal.kind === ts.SyntaxKind.TemplateTail;
      addRaw(literal.getStart(file) + 1, literal.end - (isTail ? 1 : 2));
    }
  }
  // Of what TypeScript has put together in another way, only the beginning is known.
  return offset === text.length && places.length > 0
    ? [...places, [offset, end]]
    : [
        [0, from],
        [text.length, from + 1],
      ];
}

/** Adds where a piece begins, unless it goes on from the one before, character by character. */
function addPiece(
  places: (readonly [number, number])[],
  [offset, at]: readonly [number, number],
  isPlain: boolean,
): void {
  const last = places.at(-1);
  const goesOn = last !== undefined && offset - last[0] === at - last[1];
  if (!goesOn || !isPlain) places.push([offset, at]);
}

const rawPiece =
  /\\(?:u\{([0-9a-f]+)\}|u[0-9a-f]{4}|x[0-9a-f]{2}|(\r\n|[\n\r\u2028\u2029])|[^])|\r\n|[^\\\r]+|[^]/giy;

/** The pieces of a literal as it is written: how long each text is, and where the piece begins and ends. */
function* rawPieces(
  source: string,
  start: number,
  end: number,
): Generator<readonly [length: number, start: number, end: number]> {
  rawPiece.lastIndex = start;
  for (let at = start; at < end; at = rawPiece.lastIndex) {
    const [raw, codePoint, lineContinuation] = rawPiece.exec(source) ?? [''];
    if (raw === '') return;
    rawPiece.lastIndex = Math.min(rawPiece.lastIndex, end);
    const isEscape = raw.startsWith('\\');
    const long = codePoint !== undefined && parseInt(codePoint, 16) > 0xff_ff ? 2 : 1;
    const length =
      lineContinuation !== undefined
        ? 0
        : isEscape
          ? long
          : raw === '\r\n'
            ? 1
            : rawPiece.lastIndex - at;
    yield [length, at, rawPiece.lastIndex];
  }
}
