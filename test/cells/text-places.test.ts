import fc from 'fast-check';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { literalPlaces } from '../../src/cells/sql/literal-places.js';
import { offsetAt, placeOf } from '../../src/cells/sql/text-places.js';

/** The places of the text that the first initializer of some code stands for. */
function placesIn(code: string, text: string) {
  const options = { noLib: true, strict: true };
  const host = ts.createCompilerHost(options);
  const file = ts.createSourceFile('a.ts', code, ts.ScriptTarget.Latest, true);
  host.getSourceFile = (name) => (name === 'a.ts' ? file : undefined);
  const program = ts.createProgram(['a.ts'], options, host);
  const last = file.statements.at(-1);
  if (last === undefined || !ts.isVariableStatement(last)) throw new Error(code);
  const value = last.declarationList.declarations[0]?.initializer;
  if (value === undefined) throw new Error(code);
  return literalPlaces(value, text, file, program.getTypeChecker());
}

const piece = fc.oneof(
  ...[fc.constantFrom('a', ' ', 'é', '𝄞', '𝄞𝄞', 'select').map((text) => [text, text] as const)],
  fc.constantFrom<readonly [string, string]>(
    ...([
      ['\\n', '\n'],
      ['\\\\', '\\'],
      ['\\u0041', 'A'],
      ['\\u{1D11E}', '𝄞'],
      ['\\u{41}', 'A'],
      ['\\x41', 'A'],
      ['\\\n', ''],
      ["\\'", "'"],
      ['\\`', '`'],
    ] as const),
  ),
);
const newline = fc.constantFrom<readonly [string, string]>(['\n', '\n'], ['\r\n', '\n']);

test('each character of a text has its place in the literal, and back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, newline)),
      fc.constantFrom('`', "'", '"'),
      (parts, quote) => {
        const pieces = parts.filter(([raw]) => quote === '`' || !/^\r?\n$/.test(raw));
        const text = pieces.map(([, decoded]) => decoded).join('');
        const code = `const t = ${quote}${pieces.map(([raw]) => raw).join('')}${quote};`;
        const places = placesIn(code, text);
        let offset = 0;
        let place = 'const t = '.length + 1;
        for (const [raw, decoded] of pieces) {
          if (decoded !== '') {
            expect(placeOf(places, offset)).toBe(place);
            expect(offsetAt(places, place)).toBe(offset);
          }
          offset += decoded.length;
          place += raw.length;
        }
        expect(placeOf(places, offset)).toBe(place);
        expect(offsetAt(places, place)).toBe(offset);
      },
    ),
  );
});

test('a constant in a template stands for its text', () => {
  const code =
    "const name = 'gold.month';\nconst t = `select ${name}.x\\n from ${name} y` as const;";
  const text = 'select gold.month.x\n from gold.month y';
  const literal = code.replace(' as const', '');
  const places = placesIn(literal, text);
  const at = (word: string, from = 0) => placeOf(places, text.indexOf(word, from));
  expect(literal.slice(at('.x'))).toMatch(/^\.x/);
  expect(literal.slice(at(' y'))).toMatch(/^ y/);
  expect(literal.slice(at('gold', 12))).toMatch(/^name\} y/);
  expect(literal.slice(at('month', 22))).toMatch(/^(?:name|ame|e|\})/);
});

test('of a text from elsewhere only the beginning is known', () => {
  const places = placesIn('const t = other;', 'select 1');
  expect(placeOf(places, 5)).toBe(10);
});
