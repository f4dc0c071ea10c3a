// A figure's data as a workbook (.xlsx).

import type { CellObject, WorkSheet } from '@e965/xlsx';
import type { Value } from '../figure/values.js';
import { exactNumber, type FigureData } from './figure-data.js';

/** What the second sheet says of the data: a name and a text on each row. */
export type WorkbookFacts = readonly (readonly [name: string, text: string])[];

/** The longest text of a cell, and the most rows of a sheet, in spreadsheets. */
const [maxText, maxRows] = [32_767, 1_048_576];

/** What stands beside a number that is text. */
const note = 'A spreadsheet would round this number: it stands here as text, with all its digits.';

/**
 * A workbook of two sheets: the data, with numbers where a spreadsheet keeps all their digits and as text with a note
 * where it would round them, and what is known of them. No cell is a formula.
 *
 * @param date - Its date, so that equal data are equal bytes.
 */
export async function toWorkbook(
  { columns, rows }: FigureData,
  facts: WorkbookFacts,
  date: Date,
): Promise<Uint8Array> {
  // Takes a tenth of a second to load, and most renderings need none.
  const { utils, write } = await import('@e965/xlsx');
  const heads = columns.map(({ label, unit }) =>
    textCell(unit === undefined ? label : `${label} (${unit})`),
  );
  const body = rows
    .slice(0, maxRows - 1)
    .map((row) => columns.map(({ type }, index) => cellOf(row[index] ?? null, type === 'number')));
  const data = utils.aoa_to_sheet([heads, ...body]);
  const isRounded = body.flat().some((cell) => cell?.c !== undefined);
  const notes: WorkbookFacts = [
    ...(isRounded
      ? [
          [
            'Note',
            'Numbers of more than 15 digits stand as text: a spreadsheet would round them.',
          ] as const,
        ]
      : []),
    ...(rows.length >= maxRows
      ? [['Note', `Only the first ${maxRows - 1} of ${rows.length} rows fit in.`] as const]
      : []),
  ];
  const about = utils.aoa_to_sheet(
    [...facts, ...notes].map(([name, text]) => [textCell(name), textCell(text)]),
  );
  data['!cols'] = columns.map(({ label }) => ({
    wch: Math.min(40, Math.max(12, label.length + 2)),
  }));
  about['!cols'] = [{ wch: 16 }, { wch: 80 }];
  const sheets: Record<string, WorkSheet> = { Data: data, About: about };
  const book = { SheetNames: Object.keys(sheets), Sheets: sheets, Props: { CreatedDate: date } };
  return new Uint8Array(
    write(book, { type: 'buffer', bookType: 'xlsx', compression: true }) as Buffer,
  );
}

function cellOf(value: Value, isNumber: boolean): CellObject | null {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return null;
  if (!isNumber) return textCell(String(value));
  const number = exactNumber(value);
  if (number !== undefined) return { t: 'n', v: number };
  const comment = Object.assign([{ a: 'Daybook', t: note }], { hidden: true });
  return { ...textCell(String(value)), c: comment };
}

function textCell(text: string): CellObject {
  return { t: 's', v: text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…` };
}
