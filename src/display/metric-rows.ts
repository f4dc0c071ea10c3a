// Cards of rows: `metric({ rows, value: { sum: … } })`.

import { numberFormat } from '../chart/figure/format.js';
import { cardOfRows } from '../chart/rows/card-of-rows.js';
import type { CardGrammar } from '../chart/rows/grammar.js';
import { rowsOf } from '../chart/rows/rows.js';
import { shownRowsType } from '../chart/rows/shown-rows.js';
import { metricBundle, type MetricOptions } from './metric.js';
import type { MimeBundle } from './mime-bundle.js';
import { encodeRows, rowsJson, settleMeasure, type RowFilter, type RowMeasure } from './rows.js';

/** What a card of rows shows. */
export interface RowsMetricOptions<Row extends object> extends Pick<
  MetricOptions,
  'id' | 'label' | 'unit' | 'period' | 'caption' | 'change'
> {
  /** Objects of one shape, as `query` returns them; at most 100,000. */
  rows: readonly Row[];
  /** What is added up. */
  value: RowMeasure<Row>;
  /** How the number is written, as d3-format has it: `,d`, `.1%`. */
  format?: string;
  /** What readers choose from; what they choose holds for everything on the page that has the field. */
  filter?: readonly RowFilter<Row>[];
}

/**
 * A card of rows as one output: the rows with what is added up, for pages, and the card of all of them.
 *
 * @throws TypeError for fields that the rows lack and measures that cannot be added up; RangeError for too many rows.
 */
export function rowsMetricBundle<Row extends object>(options: RowsMetricOptions<Row>): MimeBundle {
  const { rows, value, format, filter, ...words } = options;
  const grammar: CardGrammar = {
    kind: 'card',
    measure: settleMeasure(value, 'value'),
    ...(format === undefined ? {} : { format }),
  };
  const encoded = encodeRows(rows, grammar, filter);
  const amount = cardOfRows(rowsOf(new Map(Object.entries(encoded.columns))), grammar);
  const written = numberFormat(format);
  return {
    ...metricBundle({
      ...words,
      value: amount,
      format: (number) => written(number),
    }),
    [shownRowsType]: rowsJson({ ...encoded, grammar }),
  };
}
