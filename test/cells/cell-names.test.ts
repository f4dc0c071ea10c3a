import { describe, expect, test } from 'vitest';
import { CellProgram } from '../../src/cells/cell-program.js';
import { temporaryFolder } from '../temporary-folder.js';

/** The names that the last of some cells uses: `name<cell`, with `!` where it changes it, `?` where nobody declares it. */
function usedByLast(...sources: readonly string[]): string[] {
  const cells = new Map(sources.map((source, index) => [String(index + 1), { source }]));
  const last = [...CellProgram.checkAll(temporaryFolder(), cells).values()].at(-1);
  return (last?.uses ?? []).map(
    ({ name, cell, isOwn, isChanged }) =>
      name + (isChanged ? '!' : '') + (isOwn ? '' : cell === undefined ? '?' : `<${cell}`),
  );
}

describe('namesUsed', () => {
  const first = `
    let count = 0; const rows = [1]; const map = new Map<number, number>();
    const place = { x: 1, y: { z: 2 } as { z?: number } };
    interface Row { a: number } class Box<T> { value?: T } enum Colour { Red }
    function twice(n: number) { return 2 * n }`;
  test.each<[string, readonly string[]]>([
    ['rows.length', ['rows<1']],
    ['const own = 1; own + Math.max(1, 2)', ['own']],
    ['let own = 1; { let own = 2; own } own++', ['own!']],
    ['import { join as add } from "node:path"; add("a")', ['add']],
    [
      'const r: Row = { a: 1 }; new Box<Row>(); Colour.Red',
      ['Row<1', 'Box<1', 'Row<1', 'Colour<1'],
    ],
    ['[1].map((rows) => rows + 1)', []],
    ['{ const rows = [2]; rows[0] } rows', ['rows<1']],
    ['function f(count: number) { return count + twice(count) }', ['twice<1']],
    ['({ rows, count: 1, map: rows })', ['rows<1', 'rows<1']],
    ['place.x', ['place<1']],
    ['const { x: count2, y } = place', ['place<1']],
    ['const { a = count } = { a: undefined as number | undefined }', ['count<1']],
    ['`${count}` + "rows"', ['count<1']],
    ['later(1)', ['later?']],
    ['const a: Later = 1', ['Later?']],
    ['typeof rows', ['rows<1']],
    ['type T = typeof rows', ['rows<1']],
    ['rows: for (;;) break rows', []],
    ['export { count as total }', ['count<1']],
    ['// rows\n/* count */ "rows"', []],
    // What changes a name, or a part of what it stands for.
    ['count = 1', ['count!<1']],
    ['count += 1', ['count!<1']],
    ['count++', ['count!<1']],
    ['--count', ['count!<1']],
    ['rows.push(count)', ['rows!<1', 'count<1']],
    ['rows.map(twice)', ['rows<1', 'twice<1']],
    ['rows[0] = 2', ['rows!<1']],
    ['place.y.z = 3', ['place!<1']],
    ['place!.y!.z!++', ['place!<1']],
    ['(place as typeof place).x = count', ['place!<1', 'place<1', 'count<1']],
    ['delete place.y.z', ['place!<1']],
    ['map.set(1, 2)', ['map!<1']],
    ['map.get(1)', ['map<1']],
    ['Object.assign(place, { x: 2 })', ['place!<1']],
    ['Object.assign({}, place)', ['place<1']],
    ['[count, place.x] = [1, 2]', ['count!<1', 'place!<1']],
    ['({ a: count } = { a: 2 })', ['count!<1']],
    ['for (count of rows) {}', ['count!<1', 'rows<1']],
    ['const copy = [...rows]', ['rows<1']],
  ])('%s', (source, uses) => {
    expect(usedByLast(first, source)).toEqual(uses);
  });

  test('a name is of the last cell that declares it', () => {
    expect(usedByLast('const a = 1', 'const b = a', 'const a = "x"', 'a + b')).toEqual([
      'a<3',
      'b<2',
    ]);
    // A cell that declares it again uses nothing of the one before.
    expect(usedByLast('const a = 1', 'const a = 2; a')).toEqual(['a']);
  });

  test('cells that are checked one after another have the same names', () => {
    const augmenting = 'declare global { interface Window2 { a: 1 } }\nexport {};';
    expect(usedByLast('let a = 1', augmenting, 'a = 2; later')).toEqual(['a!<1', 'later?']);
  });
});
