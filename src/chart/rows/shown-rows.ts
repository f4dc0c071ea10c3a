// The output of a notebook that holds rows with their chart, card or table: MIME type, reading, validation.

import { isJsonObject, type Json } from '../../nbformat/notebook.js';
import { lengthOf, readColumn, type Column } from './column.js';
import {
  fieldsOfMeasure,
  readControls,
  readGrammar,
  type Control,
  type Grammar,
  type Measure,
} from './grammar.js';

/** MIME type of rows that are shown as a chart, a card or a table, beside those. */
export const shownRowsType = 'application/vnd.daybook.rows+json';

/** Rows with what is shown of them. */
export interface ShownRows {
  readonly grammar: Grammar;
  readonly controls: readonly Control[];
  readonly columns: ReadonlyMap<string, Column>;
  readonly count: number;
}

/** Reads {@link shownRowsType}; undefined when it is invalid. */
export function readShownRows(value: Json | undefined): ShownRows | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['columns'])) return undefined;
  const { count } = value;
  const grammar = readGrammar(value['grammar']);
  if (grammar === undefined || typeof count !== 'number') return undefined;
  const columns = new Map<string, Column>();
  for (const [name, one] of Object.entries(value['columns'])) {
    const column = readColumn(one);
    if (column === undefined || lengthOf(column) !== count) return undefined;
    columns.set(name, column);
  }
  const controls = readControls(value['controls']).filter(({ field }) => columns.has(field));
  return fitsColumns(grammar, columns) ? { grammar, controls, columns, count } : undefined;
}

function fitsColumns(grammar: Grammar, columns: ReadonlyMap<string, Column>): boolean {
  if (grammar.kind === 'table') return true;
  const uses =
    grammar.kind === 'card'
      ? []
      : [grammar.position, grammar.color, grammar.facet].filter((use) => use !== undefined);
  const isDate = (field: string) => columns.get(field)?.type === 'date';
  return (
    uses.every(({ field, bin }) => columns.has(field) && (bin === undefined || isDate(field))) &&
    fieldsOfMeasure(grammar.measure).every((field) => columns.has(field)) &&
    addedFields(grammar.measure).every((field) => columns.get(field)?.type === 'number')
  );
}

/** The fields of a measure that must hold numbers. */
export function addedFields(measure: Measure): readonly string[] {
  if ('ratio' in measure) return measure.ratio.flatMap(addedFields);
  return 'count' in measure ? [] : fieldsOfMeasure(measure);
}
