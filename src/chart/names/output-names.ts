// The names of the figures among a notebook's outputs, and which figures of two runs are the same.

import { plotlyType, labelOfFigure } from '../figure/figure.js';
import { metricType, readMetric } from '../metric/metric.js';
import {
  joinText,
  type Json,
  type MimeBundle,
  type Notebook,
  type Output,
} from '../../nbformat/notebook.js';
import { readTableRows, tableRowsType, titleOfCaption } from '../table/table-rows.js';
import { nameFigures, type FigureKind, type NameSource } from './figure-names.js';

/** A figure of a notebook with its name. */
export interface NamedFigure {
  readonly name: string;
  readonly kind: FigureKind;
  /** The id that the notebook gave; undefined: none. */
  readonly id: string | undefined;
  /** The id of its cell. */
  readonly cellId: string;
}

/**
 * The figures among the outputs of a notebook, in their order: what `plot`, `table` and `metric` have shown, now or
 * with an earlier version, and plotly's figures of other kernels. What a page leaves out has a name, too.
 */
export function namedOutputs({ cells }: Notebook): ReadonlyMap<Output, NamedFigure> {
  const found = cells.flatMap((cell) => {
    if (cell.cell_type !== 'code') return [];
    return cell.outputs.flatMap((output) => {
      const source = 'data' in output ? nameSource(output.data) : undefined;
      return source === undefined ? [] : [{ output, source, cellId: cell.id }];
    });
  });
  const names = nameFigures(found.map(({ source }) => source));
  return new Map(
    found.map(({ output, source: { kind, id }, cellId }, index) => {
      const name = names[index] ?? '';
      return [output, { name, kind, id, cellId }];
    }),
  );
}

/** What the name of an output is made of; undefined: it is no figure. */
function nameSource(bundle: MimeBundle): NameSource | undefined {
  const value = (type: string): Json | undefined =>
    Object.hasOwn(bundle, type) ? bundle[type] : undefined;
  const chart = labelOfFigure(value(plotlyType));
  if (chart !== undefined) return { kind: 'chart', ...chart };
  const metric = readMetric(value(metricType));
  if (metric !== undefined) return { kind: 'metric', id: metric.id, title: metric.label };
  const rows = readTableRows(value(tableRowsType));
  if (rows !== undefined) {
    return { kind: 'table', id: rows.id, title: titleOfCaption(rows.caption) };
  }
  const caption = captionIn(value('text/html'));
  return caption === undefined
    ? undefined
    : { kind: 'table', id: undefined, title: titleOfCaption(caption) };
}

/** The caption of a table that an earlier `table` has shown, which kept no rows beside its HTML. */
function captionIn(html: Json | undefined): string | undefined {
  if (typeof html !== 'string' && !Array.isArray(html)) return undefined;
  const start = joinText(html as string | string[]).slice(0, 2000);
  const [, caption] =
    /^<table class="daybook-table">\s*<caption>([^<]*)<\/caption>/.exec(start) ?? [];
  return caption?.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => entities[name] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' },
};

/**
 * Which figure of a later run is which of an earlier one: by name; of those whose names differ, because a title holds
 * a number, the one of the same kind at the same place in the same cell.
 *
 * @returns The later names by the earlier ones.
 */
export function pairFigures(
  before: Iterable<NamedFigure>,
  after: Iterable<NamedFigure>,
): ReadonlyMap<string, string> {
  const [earlier, later] = [[...before], [...after]];
  const names = new Set(later.map(({ name }) => name));
  const known = new Set(earlier.map(({ name }) => name));
  const open = new Map<string, string[]>();
  const key = ({ kind, cellId }: NamedFigure) => `${kind} ${cellId}`;
  for (const figure of later) {
    if (known.has(figure.name)) continue;
    open.set(key(figure), [...(open.get(key(figure)) ?? []), figure.name]);
  }
  return new Map(
    earlier.flatMap((figure) => {
      const name = names.has(figure.name) ? figure.name : open.get(key(figure))?.shift();
      return name === undefined ? [] : [[figure.name, name] as const];
    }),
  );
}
