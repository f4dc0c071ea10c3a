// Charts, tables and cards of rows: what notebooks declare, as types and as outputs.

import { gzipSync } from 'node:zlib';
import { dateBins, type DateBin } from '../chart/rows/bin-dates.js';
import type { Column } from '../chart/rows/column.js';
import { encodeColumn } from '../chart/rows/encode-column.js';
import {
  controlKinds,
  fieldsOfMeasure,
  type Control,
  type ControlKind,
  type DimensionUse,
  type Grammar,
  type Measure,
} from '../chart/rows/grammar.js';
import { addedFields } from '../chart/rows/shown-rows.js';
import { formatNumber } from './wording.js';
import type { JsonValue } from './mime-bundle.js';

/** The name of a field of rows. */
export type RowField<Row> = keyof Row & string;

/** A field that rows are grouped by, alone or with how. */
export type RowDimension<Row> =
  | RowField<Row>
  | {
      field: RowField<Row>;
      /** Groups dates: by the calendar that they are written in; no time zone shifts them. Weeks begin on Monday. */
      bin?: DateBin;
      /** Its name for readers. Default: none. */
      label?: string;
    };

/** A sum or count, which those of parts add up to. `'*'` counts rows, a field those that have it. */
export type RowSum<Row> = { sum: RowField<Row> } | { count: RowField<Row> | '*' };

/** A measure of rows. */
export type RowMeasure<Row> = (
  | RowSum<Row>
  | { min: RowField<Row> }
  | { max: RowField<Row> }
  | {
      /** One sum divided by another, as of rates and averages. */
      ratio: readonly [RowSum<Row>, RowSum<Row>];
    }
) & {
  /** Its name for readers, with its unit. Default: made of the field's. */
  label?: string;
};

/**
 * A field that readers choose from. Default: dates by their span, numbers by theirs, everything else one value of a
 * list.
 */
export type RowFilter<Row> =
  | RowField<Row>
  | {
      field: RowField<Row>;
      /** `select`: one value, `multiple`: several, `dates`, `range`: of numbers, `text`: a part of the value. */
      control?: ControlKind;
      /** Its name for readers. Default: made of the field's. */
      label?: string;
    };

/** The most rows that a page embeds, and their most bytes, compressed. */
const [mostRows, mostBytes] = [100_000, 1_000_000];

/** Measures that nobody can add up from parts, by what they are called. */
const refused: Readonly<Record<string, string>> = {
  ...{ mean: 'A mean', avg: 'A mean', average: 'A mean', median: 'A median', mode: 'A mode' },
  ...{ distinct: 'A count of different values', countDistinct: 'A count of different values' },
  ...{
    quantile: 'A quantile',
    percentile: 'A quantile',
    stddev: 'A deviation',
    variance: 'A variance',
  },
};

/**
 * Checks a measure.
 *
 * @throws TypeError for one that cannot be added up from parts: no filter could show it rightly.
 */
export function settleMeasure(value: unknown, place: string): Measure {
  const measure: Record<string, unknown> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const { label, ...others } = measure;
  const [first, ...more] = Object.entries(others);
  const [kind, of] = first ?? ['', undefined];
  if (more.length > 0) {
    throw new TypeError(
      `${place} has several measures: ${Object.keys(others).join(', ')}. One is shown.`,
    );
  }
  const named = typeof label === 'string' ? { label } : {};
  if (kind === 'ratio' && Array.isArray(of) && of.length === 2) {
    const [above, below] = of.map((part) => settleMeasure(part, `${place}.ratio`));
    if (above === undefined || below === undefined) throw cannotAddUp(place, 'ratio');
    if (!isAdditive(above) || !isAdditive(below)) {
      throw new TypeError(
        `${place}: a ratio is of two sums or counts, since those of parts add up; a ratio of others does not. ` +
          'Make it a choice (metadata.daybook.choices): then each value is a run that computes it.',
      );
    }
    return { ratio: [above, below], ...named };
  }
  if (typeof of === 'string') {
    if (kind === 'sum') return { sum: of, ...named };
    if (kind === 'count') return { count: of, ...named };
    if (kind === 'min') return { min: of, ...named };
    if (kind === 'max') return { max: of, ...named };
  }
  throw cannotAddUp(place, kind);
}

function isAdditive(
  measure: Measure,
): measure is Extract<Measure, { sum: string } | { count: string }> {
  return 'sum' in measure || 'count' in measure;
}

function cannotAddUp(place: string, kind: string): TypeError {
  const what = Object.hasOwn(refused, kind) ? refused[kind] : undefined;
  return new TypeError(
    what === undefined
      ? `${place} is no measure: give { sum }, { count }, { min }, { max } or { ratio: [{ sum }, { sum }] }.`
      : `${place}: ${what.toLowerCase()} of parts does not add up to that of the whole, so a filter would show a wrong ` +
          'number. Give a ratio of two sums, or make it a choice (metadata.daybook.choices): then each value is a ' +
          'run that computes it.',
  );
}

/** Checks a dimension; undefined stays. @throws TypeError for an unknown bin. */
export function settleDimension(value: unknown, place: string): DimensionUse {
  if (typeof value === 'string') return { field: value };
  const { field, bin, label } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Record<string, unknown>;
  const known = dateBins.find((one) => one === bin);
  if (typeof field !== 'string') throw new TypeError(`${place} names no field.`);
  if (bin !== undefined && known === undefined) {
    throw new TypeError(
      `${place}: dates are grouped by ${dateBins.join(', ')}, not by ${JSON.stringify(bin)}.`,
    );
  }
  return {
    field,
    ...(known === undefined ? {} : { bin: known }),
    ...(typeof label === 'string' ? { label } : {}),
  };
}

/** Whether an option of a chart is a measure rather than a dimension. */
export function isMeasure(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !('field' in value);
}

/**
 * Rows with what is shown of them, as they travel: of the fields that it needs alone.
 *
 * @throws TypeError where a field is missing or of a wrong type; RangeError for more rows or bytes than a page holds.
 */
export function encodeRows(
  rows: readonly object[],
  grammar: Grammar,
  filters: readonly unknown[] = [],
): {
  grammar: Grammar;
  controls: readonly Control[];
  columns: Record<string, Column>;
  count: number;
} {
  if (rows.length > mostRows) {
    throw new RangeError(
      `There are ${formatNumber(rows.length)} rows, and a page holds at most ${formatNumber(mostRows)}: group them ` +
        'in the query by what is shown and filtered, or make a field a choice (metadata.daybook.choices).',
    );
  }
  const wanted = filters.map((filter, index) => settleDimension(filter, `filter ${index + 1}`));
  const dimensions =
    grammar.kind === 'chart'
      ? [grammar.position, grammar.color, grammar.facet].filter((use) => use !== undefined)
      : [];
  const measured = grammar.kind === 'table' ? [] : fieldsOfMeasure(grammar.measure);
  const added = new Set(grammar.kind === 'table' ? [] : addedFields(grammar.measure));
  const fields = new Set([...dimensions, ...wanted].map(({ field }) => field).concat(measured));
  const columns: Record<string, Column> = Object.create(null) as Record<string, Column>;
  for (const field of fields) {
    if (rows.length > 0 && !rows.some((row) => Object.hasOwn(row, field))) {
      const known = Object.keys(rows[0] ?? {}).join(', ');
      throw new TypeError(`The rows have no field “${field}”; they have ${known}.`);
    }
    const values = rows.map((row) => (row as Readonly<Record<string, unknown>>)[field]);
    columns[field] = encodeColumn(field, values, added.has(field));
  }
  for (const { field, bin } of dimensions) {
    if (bin !== undefined && rows.length > 0 && columns[field]?.type !== 'date') {
      throw new TypeError(`“${field}” is grouped by ${bin}, but holds no dates like 2019-05-01.`);
    }
  }
  const controls = filters.map((filter, index): Control => {
    const { field, label } = wanted[index] ?? { field: '' };
    const control = settleControl(filter, columns[field], field);
    return { field, control, label: label ?? labelOf(field) };
  });
  const shown = { grammar, controls, columns: { ...columns }, count: rows.length };
  requireFewBytes(shown);
  return shown;
}

/** A field's name for readers: `province_name` is `Province name`. */
function labelOf(field: string): string {
  const words = field.replaceAll('_', ' ').trim();
  return words === '' ? field : `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function settleControl(filter: unknown, column: Column | undefined, field: string): ControlKind {
  const given =
    typeof filter === 'object' && filter !== null && 'control' in filter
      ? filter.control
      : undefined;
  const type = column?.type ?? 'text';
  if (given === undefined)
    return type === 'date' ? 'dates' : type === 'number' ? 'range' : 'select';
  const control = controlKinds.find((kind) => kind === given);
  if (control === undefined) {
    throw new TypeError(
      `The filter of “${field}” is of no known kind; there are ${controlKinds.join(', ')}.`,
    );
  }
  const needs = control === 'dates' ? 'date' : control === 'range' ? 'number' : type;
  const isEmpty = column === undefined || (column.type !== 'number' && column.values.length === 0);
  if (needs !== type && !isEmpty) {
    throw new TypeError(
      `The filter of “${field}” is for ${needs}s, and its values are of type ${type}.`,
    );
  }
  return control;
}

function requireFewBytes(shown: object): void {
  const text = JSON.stringify(shown);
  // Short JSON is short compressed, too.
  if (text.length <= mostBytes) return;
  const bytes = gzipSync(text).length;
  if (bytes <= mostBytes) return;
  throw new RangeError(
    `The rows take ${formatNumber(bytes)} bytes, compressed, and a page holds at most ${formatNumber(mostBytes)}: ` +
      'group them in the query by what is shown and filtered, or make a field a choice (metadata.daybook.choices).',
  );
}

/** The output, as JSON. */
export function rowsJson(shown: ReturnType<typeof encodeRows>): JsonValue {
  return JSON.parse(JSON.stringify(shown)) as JsonValue;
}
