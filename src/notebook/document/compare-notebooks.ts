// Comparison of two runs of a notebook by value (`daybook notebooks diff`).

import { fromHtml } from 'hast-util-from-html';
import type { Element, Nodes } from 'hast';
import { metricType, readMetric } from '../../chart/metric/metric.js';
import { namedOutputs, pairFigures, type NamedFigure } from '../../chart/names/output-names.js';
import { plotlyType } from '../../chart/figure/figure.js';
import { cellText, readTableRows, tableRowsType } from '../../chart/table/table-rows.js';
import {
  isJsonObject,
  joinText,
  type Json,
  type MimeBundle,
  type Notebook,
  type Output,
} from '../../nbformat/notebook.js';

/** A value of an output that differs between two runs of a notebook. */
export interface Difference {
  /** The cell among all cells of the second notebook, from 1. */
  readonly cell: number;
  /** The value's name: `table churn, 2019-03 · churned`, `chart churn-rate, churn · y · 2019-03`,
   * `text 2`. */
  readonly what: string;
  /** Undefined: the value is new. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Values by their names. */
type Values = ReadonlyMap<string, string>;

/**
 * Compares the outputs of two runs by value: cells of tables by row and column, points of charts by series, texts
 * word by word. Layout and formatting do not matter. Figures are matched by their names wherever they stand, and
 * what else a cell shows by the cell's id.
 */
export function compareNotebooks(before: Notebook, after: Notebook): Difference[] {
  const [earlier, later] = [namedOutputs(before), namedOutputs(after)];
  const pairs = pairFigures(earlier.values(), later.values());
  const old = partsOf(before, earlier, (name) => pairs.get(name) ?? name);
  const now = partsOf(after, later, (name) => name);
  const found = [...now].flatMap(([key, { cell, values }]) =>
    compareValues(old.get(key)?.values ?? new Map<string, string>(), values, cell),
  );
  const gone = [...old].flatMap(([key, { cell, values }]) =>
    now.has(key) ? [] : compareValues(values, new Map<string, string>(), cell),
  );
  return [...found, ...gone];
}

/** What is compared as one: a figure, or all else that a cell shows. */
interface Part {
  /** Its cell, from 1. */
  readonly cell: number;
  readonly values: Values;
}

/**
 * The figures of a notebook and the rest of its cells, by what both runs know them by.
 *
 * @param nameOf - The name of a figure in the later run.
 */
function partsOf(
  { cells }: Notebook,
  named: ReadonlyMap<Output, NamedFigure>,
  nameOf: (name: string) => string,
): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const [index, cell] of cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    const others = cell.outputs.filter((output) => !named.has(output));
    parts.set(`cell ${cell.id}`, { cell: index + 1, values: valuesOf(others) });
    for (const output of cell.outputs) {
      const figure = named.get(output);
      if (figure === undefined || !('data' in output)) continue;
      const name = nameOf(figure.name);
      const values = valuesOfFigure(output.data, `${figure.kind} ${name}`, figure.kind);
      parts.set(`figure ${name}`, { cell: index + 1, values });
    }
  }
  return parts;
}

function compareValues(before: Values, after: Values, cell: number): Difference[] {
  const places = new Set([...before.keys(), ...after.keys()]);
  return [...places].flatMap((what) => {
    const [was, is] = [before.get(what), after.get(what)];
    return was === is ? [] : [{ cell, what, before: was, after: is }];
  });
}

function valuesOf(outputs: readonly Output[]): Values {
  const values = new Map<string, string>();
  const counts: Record<string, number> = {};
  const next = (kind: string) => `${kind} ${(counts[kind] = (counts[kind] ?? 0) + 1)}`;
  for (const output of outputs) {
    if (output.output_type === 'error') {
      values.set(next('error'), `${output.ename}: ${output.evalue}`);
      continue;
    }
    if (output.output_type === 'stream') {
      addText(values, next(output.name), joinText(output.text));
      continue;
    }
    const { data } = output;
    const table = tableIn(textIn(data['text/html']));
    if (table !== undefined) addTable(values, next('table'), table);
    else addText(values, next('text'), textIn(data['text/plain']));
  }
  return values;
}

/** @param place - What its values are named after. */
function valuesOfFigure(data: MimeBundle, place: string, kind: NamedFigure['kind']): Values {
  const values = new Map<string, string>();
  const metric = readMetric(data[metricType]);
  const figure = data[plotlyType];
  if (kind === 'chart' && figure !== undefined) addChart(values, place, figure);
  else if (kind === 'metric' && metric !== undefined) {
    const { label, value, unit = '', change, caption, target, comparison } = metric;
    const parts = {
      label,
      value: `${value} ${unit}`.trim(),
      change,
      caption,
      target: target?.text,
      comparison: comparison?.text,
    };
    for (const [name, part] of Object.entries(parts)) {
      if (part !== undefined) values.set(`${place} · ${name}`, part);
    }
  } else {
    const rows = readTableRows(data[tableRowsType]);
    const table =
      rows === undefined
        ? tableIn(textIn(data['text/html']))
        : [[...rows.heads], ...rows.rows.map((row) => row.map(cellText))];
    if (table !== undefined) addTable(values, place, table);
  }
  return values;
}

function addText(values: Map<string, string>, place: string, text: string): void {
  const lines = text.trimEnd().split('\n');
  for (const [index, line] of lines.entries()) {
    values.set(lines.length === 1 ? place : `${place}, line ${index + 1}`, line.trim());
  }
}

/** The points of each series, by their position on the first axis. */
function addChart(values: Map<string, string>, place: string, stored: Json): void {
  // Some kernels send JSON as text.
  const figure = typeof stored === 'string' ? (JSON.parse(stored) as Json) : stored;
  const traces = isJsonObject(figure) && Array.isArray(figure['data']) ? figure['data'] : [];
  for (const [index, trace] of traces.entries()) {
    if (!isJsonObject(trace)) continue;
    const name = typeof trace['name'] === 'string' ? trace['name'] : `series ${index + 1}`;
    const labels = [trace['x'], trace['labels'], trace['locations']].find(isList) ?? [];
    for (const axis of ['x', 'y', 'z', 'values', 'text']) {
      const points = trace[axis];
      if (!Array.isArray(points) || points === labels) continue;
      for (const [point, value] of points.entries()) {
        const label = labels[point] ?? point + 1;
        values.set(`${place}, ${name} · ${axis} · ${text(label)}`, text(value));
      }
    }
    if (labels.length > 0) values.set(`${place}, ${name} · points`, String(labels.length));
  }
}

/** Cells by column header and first cell of the row. */
function addTable(values: Map<string, string>, place: string, rows: readonly string[][]): void {
  const [head = [], ...body] = rows;
  const seen = new Map<string, number>();
  for (const row of body) {
    const name = row[0] ?? '';
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const label = count === 1 ? name : `${name} (${count})`;
    for (const [index, cell] of row.entries()) {
      values.set(`${place}, ${label} · ${head[index] ?? index + 1}`, cell);
    }
  }
}

/** The texts of the first table of an HTML output; undefined: there is none. */
function tableIn(html: string): string[][] | undefined {
  const table = elements(fromHtml(html, { fragment: true }), 'table')[0];
  if (table === undefined) return undefined;
  return elements(table, 'tr').map((row) =>
    row.children.flatMap((cell) =>
      cell.type === 'element' && (cell.tagName === 'td' || cell.tagName === 'th')
        ? [elementText(cell).trim()]
        : [],
    ),
  );
}

function elements(node: Nodes, name: string): Element[] {
  if (node.type === 'element' && node.tagName === name) return [node];
  return 'children' in node ? node.children.flatMap((child) => elements(child, name)) : [];
}

function elementText(node: Nodes): string {
  if (node.type === 'text') return node.value;
  return 'children' in node ? node.children.map(elementText).join('') : '';
}

/** A text of a MIME bundle: a string, or its lines. */
function textIn(value: Json | undefined): string {
  const lines = isList(value) ? value : [value];
  return lines.filter((line) => typeof line === 'string').join('');
}

function isList(value: Json | undefined): value is Json[] {
  return Array.isArray(value);
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
