// An output recomputed from the rows that pass a reader's filters, for its files.

import { readFigure } from '../../chart/figure/figure.js';
import { numberFormat } from '../../chart/figure/format.js';
import { numberOf } from '../../chart/figure/values.js';
import { cardOfRows } from '../../chart/rows/card-of-rows.js';
import { chartOfRows } from '../../chart/rows/chart-of-rows.js';
import { chosenRows, countChosen } from '../../chart/rows/choices.js';
import { fromParameters } from '../../chart/rows/filter-address.js';
import { choicesInWords, rowsInWords } from '../../chart/rows/filter-words.js';
import { lastDate, pageControls } from '../../chart/rows/page-filters.js';
import { rowsOf } from '../../chart/rows/rows.js';
import { readShownRows, shownRowsType, type ShownRows } from '../../chart/rows/shown-rows.js';
import type { Notebook } from '../../nbformat/notebook.js';
import type { PageOutput } from './output/output.js';

type Named = Extract<PageOutput, { kind: 'figure' | 'metric' | 'content' }>;

/** An output of chosen rows. */
export interface FilteredOutput {
  readonly output: Named;
  /** What is chosen, and how many rows that is; undefined: everything is. */
  readonly words: string | undefined;
}

/**
 * Reduces an output to the rows that an address chooses.
 *
 * @param parameters - Those of the address, by which pages say what is chosen.
 */
export function filteredOutput(
  output: Named,
  notebook: Notebook,
  parameters: readonly (readonly [name: string, value: string])[],
): FilteredOutput {
  const everything = { output, words: undefined };
  const { shown } = output;
  if (parameters.length === 0 || shown === undefined) return everything;
  const all = shownRowsIn(notebook);
  const controls = pageControls(all.map((one) => one.controls)).filter(({ field }) =>
    shown.columns.has(field),
  );
  const choices = fromParameters(parameters, controls);
  if (choices.size === 0) return everything;
  const rows = rowsOf(shown.columns);
  const chosen = chosenRows(rows, choices, (field) =>
    lastDate(
      all.map(({ columns }) => rowsOf(columns)),
      field,
    ),
  );
  const counted = rowsInWords(countChosen(chosen), rows.count);
  const words = `${choicesInWords(choices, controls)} · ${counted}`;
  return { output: reduced(output, shown, chosen, words), words };
}

function shownRowsIn({ cells }: Notebook): readonly ShownRows[] {
  return cells.flatMap((cell) =>
    cell.cell_type !== 'code'
      ? []
      : cell.outputs.flatMap((output) => {
          const value = 'data' in output ? output.data[shownRowsType] : undefined;
          const shown = value === undefined ? undefined : readShownRows(value);
          return shown === undefined ? [] : [shown];
        }),
  );
}

function reduced(
  output: Named,
  { columns, grammar }: ShownRows,
  chosen: Uint8Array,
  words: string,
) {
  const rows = rowsOf(columns);
  if (output.kind === 'figure' && grammar.kind === 'chart') {
    const { data, layout } = chartOfRows(rows, grammar, chosen);
    const figure = readFigure({ data: [...data], layout });
    if (figure === undefined) return output;
    const { title, caption, alt = title, source, axisName } = output.figure;
    return {
      ...output,
      figure: {
        ...figure,
        ...{ title, source, axisName },
        traces: figure.traces.filter(({ visible }) => visible !== false),
        caption: [words, caption].filter((text) => text !== undefined).join(' – '),
        alt: `${alt ?? ''} (${words})`,
      },
    };
  }
  if (output.kind === 'metric' && grammar.kind === 'card') {
    const amount = cardOfRows(rows, grammar, chosen);
    const { caption } = output.metric;
    return {
      ...output,
      metric: {
        ...output.metric,
        value: numberFormat(grammar.format)(numberOf(amount) ?? amount),
        number: amount ?? undefined,
        change: undefined,
        caption: [words, caption].filter((text) => text !== undefined).join(' – '),
      },
    };
  }
  if (output.kind === 'content' && output.rows !== undefined) {
    const kept = output.rows.rows.filter((_, row) => chosen[row] === 1);
    return { ...output, rows: { ...output.rows, rows: kept } };
  }
  return output;
}
