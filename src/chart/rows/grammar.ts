// The declaration of a chart, card or table of rows: dimensions, measures, filter controls. It is stored with the rows.

import { isJsonObject, type Json, type JsonObject } from '../../nbformat/notebook.js';
import { dateBins, type DateBin } from './bin-dates.js';

/** A sum that can be made of the sums of parts. */
export type Additive = { readonly sum: string } | { readonly count: string };

/** What is added up: `count: '*'` counts rows, of a field those that have it. */
export type Measure = (
  | Additive
  | { readonly min: string }
  | { readonly max: string }
  | { readonly ratio: readonly [Additive, Additive] }
) & { readonly label?: string };

/** A field by whose values rows are grouped. */
export interface DimensionUse {
  readonly field: string;
  readonly bin?: DateBin;
  readonly label?: string;
}

/** The kinds of filter controls. */
export const controlKinds = ['select', 'multiple', 'dates', 'range', 'text'] as const;

/** One of {@link controlKinds}. */
export type ControlKind = (typeof controlKinds)[number];

/** A filter control. */
export interface Control {
  readonly field: string;
  readonly control: ControlKind;
  readonly label: string;
}

/** The marks of charts of rows. */
export const markKinds = ['bar', 'line', 'area', 'point'] as const;

/** A chart of rows. */
export interface ChartGrammar {
  readonly kind: 'chart';
  readonly mark: (typeof markKinds)[number];
  /** The horizontal axis; the vertical one in a horizontal chart. */
  readonly position: DimensionUse;
  readonly measure: Measure;
  readonly isLying: boolean;
  readonly color?: DimensionUse;
  readonly facet?: DimensionUse;
  /** The format of amounts, in d3's language. */
  readonly format?: string;
  readonly isGrouped?: boolean;
  /** plotly's layout beyond what the rows say. */
  readonly layout?: JsonObject;
}

/** A card of rows. */
export interface CardGrammar {
  readonly kind: 'card';
  readonly measure: Measure;
  readonly format?: string;
}

/** A table of rows, which are those that the table itself has. */
export interface TableGrammar {
  readonly kind: 'table';
}

/** What is shown of rows. */
export type Grammar = ChartGrammar | CardGrammar | TableGrammar;

/** The fields that a measure adds up. */
export function fieldsOfMeasure(measure: Measure): readonly string[] {
  if ('ratio' in measure) return measure.ratio.flatMap(fieldsOfMeasure);
  if ('count' in measure) return measure.count === '*' ? [] : [measure.count];
  return ['sum' in measure ? measure.sum : 'min' in measure ? measure.min : measure.max];
}

/** A measure in words, where it has no label: `sum of amount`. */
export function measureName(measure: Measure): string {
  if (measure.label !== undefined) return measure.label;
  if ('ratio' in measure) return measure.ratio.map(measureName).join(' per ');
  const words = (field: string) => field.replaceAll('_', ' ');
  if ('count' in measure)
    return measure.count === '*' ? 'Rows' : `Count of ${words(measure.count)}`;
  if ('sum' in measure) return words(measure.sum);
  return 'min' in measure ? `Least ${words(measure.min)}` : `Most ${words(measure.max)}`;
}

/** Reads {@link Grammar}; undefined when it is invalid. */
export function readGrammar(value: Json | undefined): Grammar | undefined {
  if (!isJsonObject(value)) return undefined;
  if (value['kind'] === 'table') return { kind: 'table' };
  const measure = readMeasure(value['measure']);
  if (measure === undefined) return undefined;
  const format = typeof value['format'] === 'string' ? { format: value['format'] } : {};
  if (value['kind'] === 'card') return { kind: 'card', measure, ...format };
  const position = readDimension(value['position']);
  const mark = markKinds.find((one) => one === value['mark']);
  if (value['kind'] !== 'chart' || position === undefined || mark === undefined) return undefined;
  const [color, facet] = [readDimension(value['color']), readDimension(value['facet'])];
  return {
    ...{ kind: 'chart', mark, position, measure, isLying: value['isLying'] === true, ...format },
    ...(color === undefined ? {} : { color }),
    ...(facet === undefined ? {} : { facet }),
    ...(value['isGrouped'] === true ? { isGrouped: true } : {}),
    ...(isJsonObject(value['layout']) ? { layout: value['layout'] } : {}),
  };
}

function readDimension(value: Json | undefined): DimensionUse | undefined {
  if (!isJsonObject(value) || typeof value['field'] !== 'string') return undefined;
  const bin = dateBins.find((one) => one === value['bin']);
  return { field: value['field'], ...(bin === undefined ? {} : { bin }), ...labelIn(value) };
}

function readMeasure(value: Json | undefined): Measure | undefined {
  if (!isJsonObject(value)) return undefined;
  const { ratio, min, max } = value;
  if (Array.isArray(ratio)) {
    const [above, below] = ratio.map(readAdditive);
    return above === undefined || below === undefined
      ? undefined
      : { ratio: [above, below], ...labelIn(value) };
  }
  if (typeof min === 'string') return { min, ...labelIn(value) };
  if (typeof max === 'string') return { max, ...labelIn(value) };
  const additive = readAdditive(value);
  return additive && { ...additive, ...labelIn(value) };
}

function readAdditive(value: Json): Additive | undefined {
  if (!isJsonObject(value)) return undefined;
  if (typeof value['sum'] === 'string') return { sum: value['sum'] };
  return typeof value['count'] === 'string' ? { count: value['count'] } : undefined;
}

function labelIn({ label }: JsonObject): { label?: string } {
  return typeof label === 'string' ? { label } : {};
}

/** Reads the controls of a figure; those that are invalid are left out. */
export function readControls(value: Json | undefined): readonly Control[] {
  return (Array.isArray(value) ? value : []).flatMap((one): Control[] => {
    if (!isJsonObject(one) || typeof one['field'] !== 'string') return [];
    const control = controlKinds.find((kind) => kind === one['control']);
    const label = typeof one['label'] === 'string' ? one['label'] : one['field'];
    return control === undefined ? [] : [{ field: one['field'], control, label }];
  });
}
