// A chart of rows as traces and layout of plotly.

import type { Value } from '../figure/values.js';
import { isJsonObject, type JsonObject } from '../../nbformat/notebook.js';
import { parseDecimal, powerOfTen } from './decimal.js';
import { measureName, type ChartGrammar, type DimensionUse } from './grammar.js';
import { groupRows, type Group, type Key } from './group-rows.js';
import type { Rows } from './rows.js';

/** Traces and layout, before the words of the chart. */
export interface RowsFigure {
  readonly data: readonly JsonObject[];
  readonly layout: JsonObject;
}

/** How values without one are called. */
export const missingName = '(none)';

/**
 * Adds up the chosen rows and draws the result as plotly's figure. Series keep their colours, and panels their
 * places, whatever is chosen.
 *
 * @param chosen - 1 for each row that counts; undefined: all do.
 */
export function chartOfRows(rows: Rows, grammar: ChartGrammar, chosen?: Uint8Array): RowsFigure {
  const { position, color, facet, measure } = grammar;
  const uses = [position, ...(color === undefined ? [] : [color]), ...(facet ? [facet] : [])];
  const groups = groupRows(rows, uses, measure, chosen);
  const positions = positionsOf(rows, position, groups);
  const colors = color === undefined ? [undefined] : valuesOf(rows, color);
  const facets = facet === undefined ? [undefined] : valuesOf(rows, facet);
  const byKeys = new Map(groups.map((group) => [JSON.stringify(group.keys), group]));
  const shownFacets = facets.filter(
    (value) => facet === undefined || groups.some(({ keys }) => keys.at(-1) === value),
  );
  const data = (shownFacets.length === 0 ? facets.slice(0, 1) : shownFacets).flatMap(
    (panel, place) =>
      colors.map((series, index) => {
        const values = positions.map(
          (at) =>
            byKeys.get(
              JSON.stringify([
                at,
                ...(color === undefined ? [] : [series]),
                ...(facet === undefined ? [] : [panel]),
              ]),
            )?.value ?? null,
        );
        return traceOf(grammar, {
          ...{ positions: positions.map((at) => shownKey(rows, position, at)), values },
          ...{ series, index, panel, place, isAlone: colors.length === 1 },
        });
      }),
  );
  return {
    data,
    layout: withOwn(layoutOf(rows, grammar, shownFacets, positions), grammar.layout ?? {}),
  };
}

/** What the notebook says of the layout, over what the rows say. */
function withOwn(layout: JsonObject, own: JsonObject): JsonObject {
  const merged = { ...layout };
  for (const [name, value] of Object.entries(own)) {
    const known = merged[name];
    merged[name] = isJsonObject(known) && isJsonObject(value) ? { ...known, ...value } : value;
  }
  return merged;
}

interface TraceParts {
  readonly positions: readonly Value[];
  readonly values: readonly Value[];
  readonly series: Key | undefined;
  readonly index: number;
  readonly panel: Key | undefined;
  readonly place: number;
  readonly isAlone: boolean;
}

function traceOf(grammar: ChartGrammar, parts: TraceParts): JsonObject {
  const { mark, isLying, measure, facet, color } = grammar;
  const { positions, values, series, index, panel, place, isAlone } = parts;
  const [across, along] = isLying ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const name =
    [
      ...(facet === undefined ? [] : [nameOf(panel)]),
      ...(color === undefined ? [] : [nameOf(series)]),
    ].join(', ') || measureName(measure);
  const isEmpty = values.every((value) => value === null);
  const looks: Readonly<Record<ChartGrammar['mark'], JsonObject>> = {
    bar: { type: 'bar', ...(isLying ? { orientation: 'h' } : {}) },
    line: { type: 'scatter', mode: positions.length > 1 ? 'lines' : 'lines+markers' },
    area: isAlone
      ? { type: 'scatter', mode: 'lines', fill: 'tozeroy' }
      : { type: 'scatter', mode: 'lines', stackgroup: `${place}` },
    point: { type: 'scatter', mode: 'markers' },
  };
  return {
    ...looks[mark],
    name,
    [across]: [...positions],
    [along]: [...values],
    ...(facet === undefined
      ? {}
      : {
          xaxis: axisId('x', place),
          yaxis: axisId('y', place),
          meta: { daybook: { series: index } },
        }),
    ...(facet === undefined || color === undefined
      ? {}
      : { legendgroup: nameOf(series), showlegend: place === 0 }),
    // A series without rows keeps its place, and with it the colours of the others.
    ...(isEmpty ? { visible: false } : {}),
  };
}

function axisId(letter: 'x' | 'y', place: number): string {
  return place === 0 ? letter : `${letter}${place + 1}`;
}

function nameOf(key: Key | undefined): string {
  return key === null || key === undefined ? missingName : key === '' ? '(empty)' : key;
}

/** The values of a dimension over all rows, in the order of the rows. */
function valuesOf(rows: Rows, use: DimensionUse): readonly Key[] {
  const groups = groupRows(rows, [use], { count: '*' });
  const keys = groups.map(({ keys: [key = null] }) => key);
  return isOrdered(rows, use) ? keys.toSorted((a, b) => compareKeys(rows, use, a, b)) : keys;
}

/** The positions that have rows: in time, by size, or in the order of all rows. */
function positionsOf(rows: Rows, use: DimensionUse, groups: readonly Group[]): readonly Key[] {
  const found = new Set(groups.map(({ keys: [key = null] }) => key));
  const isDate = rows.fields.get(use.field)?.type === 'date';
  return valuesOf(rows, use).filter((key) => found.has(key) && !(isDate && key === null));
}

function isOrdered(rows: Rows, { field }: DimensionUse): boolean {
  const type = rows.fields.get(field)?.type;
  return type === 'date' || type === 'number';
}

function compareKeys(rows: Rows, { field }: DimensionUse, a: Key, b: Key): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (rows.fields.get(field)?.type !== 'number') return a < b ? -1 : a > b ? 1 : 0;
  const [one, other] = [parseDecimal(a), parseDecimal(b)];
  if (one === undefined || other === undefined) return 0;
  const difference = one.units * powerOfTen(other.scale) - other.units * powerOfTen(one.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A position as plotly takes it. */
function shownKey(rows: Rows, { field }: DimensionUse, key: Key): Value {
  const type = rows.fields.get(field)?.type;
  if (type === 'number') return key === null ? null : Number(key);
  return type === 'date' ? key : nameOf(key);
}

const tickFormats: Readonly<Record<string, string>> = { month: '%b %Y', year: '%Y' };

/** How many panels stand side by side. */
function columnsFor(panels: number): number {
  return panels <= 3 ? panels : panels === 4 ? 2 : 3;
}

function layoutOf(
  rows: Rows,
  grammar: ChartGrammar,
  facets: readonly (Key | undefined)[],
  positions: readonly Key[],
): JsonObject {
  const { position, measure, isLying, mark, format, facet, color, isGrouped } = grammar;
  const type = rows.fields.get(position.field)?.type;
  const along: JsonObject = {
    ...(type === 'date'
      ? { type: 'date' }
      : type === 'number'
        ? { type: 'linear' }
        : {
            type: 'category',
            categoryorder: 'array',
            categoryarray: positions.map((key) => shownKey(rows, position, key)),
          }),
    ...(position.bin !== undefined && tickFormats[position.bin] !== undefined
      ? { tickformat: tickFormats[position.bin] ?? '' }
      : {}),
    ...(isLying ? { autorange: 'reversed' } : {}),
  };
  const amounts: JsonObject = {
    ...(mark === 'bar' || mark === 'area' ? { rangemode: 'tozero' } : {}),
    ...(format === undefined ? {} : { tickformat: format }),
  };
  const [alongTitle, amountTitle] = [position.label, measureName(measure)];
  const [across, up] = isLying ? [amounts, along] : [along, amounts];
  const [acrossTitle, upTitle] = isLying ? [amountTitle, alongTitle] : [alongTitle, amountTitle];
  const named = (axis: JsonObject, title: string | undefined): JsonObject =>
    title === undefined ? axis : { ...axis, title: { text: title } };
  const shared: JsonObject = {
    ...(mark === 'bar' && color !== undefined
      ? { barmode: isGrouped === true ? 'group' : 'stack' }
      : {}),
    ...(color === undefined ? { showlegend: false } : {}),
  };
  if (facet === undefined) {
    return { ...shared, xaxis: named(across, acrossTitle), yaxis: named(up, upTitle) };
  }
  const columns = Math.max(1, columnsFor(facets.length));
  const rowsOfPanels = Math.max(1, Math.ceil(facets.length / columns));
  return {
    ...shared,
    height: Math.min(1200, 60 + rowsOfPanels * 220),
    grid: { rows: rowsOfPanels, columns, pattern: 'independent' },
    ...Object.fromEntries(
      (facets.length === 0 ? [null] : facets).flatMap((panel, place) => [
        [`xaxis${place === 0 ? '' : place + 1}`, named(across, nameOf(panel))],
        [
          `yaxis${place === 0 ? '' : place + 1}`,
          { ...up, ...(place === 0 ? {} : { matches: 'y' }) },
        ],
      ]),
    ),
  };
}
