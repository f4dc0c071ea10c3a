// Pictures in cells of tables: scales, signs, missing and extreme numbers.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawCell } from '../../../src/chart/picture/cell-picture.js';
import { svgText } from '../../../src/chart/picture/svg.js';
import { drawnColumns } from '../../../src/chart/table/drawn-column.js';
import type { CellDrawing } from '../../../src/chart/table/cell-drawing.js';
import type { TableCell } from '../../../src/chart/table/table-rows.js';

function drawn(drawing: CellDrawing, cells: readonly TableCell[]) {
  const column = drawnColumns(
    [drawing],
    cells.map((cell) => [cell]),
  ).get(0);
  return cells.map((cell) => {
    const made = column && drawCell(column, cell);
    return made && { ...made, picture: made.picture && svgText(made.picture) };
  });
}

test('bars of a column begin at one zero; where signs differ they go to both sides of it', () => {
  const [half, all, nothing] = drawn('bar', [5, 10, null]);
  expect(half?.picture).toContain("<rect class='above' x='0' width='48' y='2' height='12'/>");
  expect(all?.picture).toContain("width='96'");
  expect(nothing).toBeUndefined();
  const [below, above] = drawn('bar', [-10, '30.0']);
  expect(below?.picture).toContain("<rect class='below' x='0' width='24' y='2' height='12'/>");
  expect(above?.picture).toContain("<rect class='above' x='24' width='72' y='2' height='12'/>");
  expect(above?.picture).toContain("<line class='axis' x1='24' y1='0' x2='24' y2='16'/>");
});

test('tones go from the least to the most, and from zero to both sides where signs differ', () => {
  const tones = (cells: readonly TableCell[]) =>
    drawn('heat', cells).map((one) => one?.classes.at(-1));
  expect(tones([2, 7, 12, null])).toEqual(['tone-0', 'tone-5', 'tone-10', undefined]);
  expect(tones([-10, 0, 5, ['20', '20 %']])).toEqual(['split-3', 'split-5', 'split-6', 'split-10']);
  expect(tones([4, 4])).toEqual(['tone-5', 'tone-5']);
});

test('a line is broken where a number is missing; all of its numbers stand before what is seen', () => {
  const [line, none] = drawn('sparkline', [
    ['[0,null,10,5]', '0; –; 10; 5'],
    ['[null]', '–'],
  ]);
  expect(line).toMatchObject({ unseen: '0; –; 10; ', seen: '5' });
  expect(line?.picture).toContain("d='M3 13h0M63 3L93 8'");
  expect(line?.picture).toContain("<circle class='spark-end' r='2.5' cx='93' cy='8'/>");
  expect(none).toBeUndefined();
});

test('whatever stands in a cell, its picture stays within the cell', () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constant(null));
  const cell = fc.oneof(
    fc.double({ noNaN: true }),
    fc.string(),
    fc.constant(null),
    fc.array(number, { maxLength: 30 }).map((list): TableCell => [JSON.stringify(list), 'text']),
  );
  const drawing = fc.constantFrom<CellDrawing>('bar', 'heat', 'sparkline', 'sparkbars');
  fc.assert(
    fc.property(drawing, fc.array(cell, { maxLength: 6 }), (kind, cells) => {
      for (const one of drawn(kind, cells)) {
        if (one === undefined) continue;
        const numbers = [...(one.picture ?? '').matchAll(/ (?:x|y|x1|y1|x2|y2|cx|cy)='([^']*)'/g)];
        for (const [, text] of numbers) {
          expect(Number(text)).toBeGreaterThanOrEqual(0);
          expect(Number(text)).toBeLessThanOrEqual(96);
        }
        expect(one.picture ?? '').not.toMatch(/NaN|Infinity/);
        expect(one.classes.join(' ')).toMatch(/^(?:pictured|heat (?:tone|split)-(?:10|\d))$/);
      }
    }),
  );
});
