// A figure of an executed notebook as a file: its data as CSV, JSON or a workbook, its picture as SVG.

import { toCsv } from '../../chart/files/csv.js';
import {
  dataOfChart,
  dataOfMetric,
  dataOfTable,
  dataOfTexts,
  exactNumber,
  type FigureData,
} from '../../chart/files/figure-data.js';
import { toWorkbook } from '../../chart/files/workbook.js';
import type { Figure } from '../../chart/figure/figure.js';
import type { Metric } from '../../chart/metric/metric.js';
import type { FigureKind } from '../../chart/names/figure-names.js';
import { namedOutputs } from '../../chart/names/output-names.js';
import { pictureFile } from '../../chart/picture/picture-address.js';
import { titleOfCaption } from '../../chart/table/table-rows.js';
import type { Notebook } from '../../nbformat/notebook.js';
import type { RunQuery } from '../../publication/publication.js';
import type { RunHold } from '../../publication/run-retention.js';
import { captionIn, tablesIn } from './html/tables.js';
import { filteredOutput } from './filtered-output.js';
import { outputsToPage, type PageOutput } from './output/output.js';
import { rowsOf } from './page-values.js';
import { wholePage, type Pieces } from './pieces.js';

/** The forms of a figure, in the order of its menu. */
export const figureForms = ['csv', 'xlsx', 'json', 'svg'] as const;

/** One of {@link figureForms}. */
export type FigureForm = (typeof figureForms)[number];

/** What is known of a figure beside its data: fields of JSON, rows of a workbook. */
export interface FigureFacts {
  readonly notebook: string;
  readonly notebookTitle: string;
  readonly run: string;
  /** When the run ended, RFC 3339. */
  readonly published: string;
  readonly pipelineRun: string | undefined;
  readonly dataThrough: string | undefined;
  readonly timeZone: string;
  readonly codeVersion: string | undefined;
  /** The address of this run's figure without its form, and that of the newest one. */
  readonly address: string;
  readonly newest: string;
  /** How long the address of the run holds; undefined: it is not known. */
  readonly held?: RunHold | undefined;
}

/** A figure to write as a file. */
export interface FigureJob {
  readonly kind: 'figure';
  /** The notebook's name in error messages. */
  readonly name: string;
  /** The executed notebook: JSON text in UTF-8, in parts. */
  readonly document: readonly Uint8Array[];
  readonly figure: string;
  readonly form: FigureForm;
  readonly facts: FigureFacts;
  /** The queries behind it. */
  readonly queries: readonly RunQuery[];
  /** The parameters of its address that say which rows are chosen. Default: all. */
  readonly filters?: readonly (readonly [name: string, value: string])[];
}

/** The content of the file; undefined: the figure has no such form. */
export type FigureFile = string | Uint8Array | undefined;

type Named = Extract<PageOutput, { kind: 'figure' | 'metric' | 'content' }>;

/** The data of an output; undefined: they do not fit in rows. */
function dataOfOutput(output: Named): FigureData | undefined {
  if (output.kind === 'figure') return dataOfChart(output.figure);
  if (output.kind === 'metric') return dataOfMetric(output.metric);
  if (output.rows !== undefined) return dataOfTable(output.rows);
  const [head, ...rows] = output.nodes.flatMap(tablesIn).slice(0, 1).flatMap(rowsOf);
  return head === undefined ? undefined : dataOfTexts(head, rows);
}

/** Writes a figure of a notebook as a file. */
export async function writeFigure(
  { figure, form, facts, queries, filters = [] }: FigureJob,
  notebook: Notebook,
  pieces: Pieces,
): Promise<FigureFile> {
  const named = namedOutputs(notebook);
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    const outputs = cell.outputs.filter((output) => named.get(output)?.name === figure);
    const context = { cell: index + 1, idPrefix: '', notebookHref: () => undefined, named, pieces };
    const [output] = outputsToPage(outputs, context);
    if (output === undefined || output.kind === 'stream' || output.kind === 'error') continue;
    const [kind = 'table'] = outputs.map((one) => named.get(one)?.kind);
    return pieces.layOut(
      wholePage,
      () => {
        const { output: shown, words } = filteredOutput(output, notebook, filters);
        return writeOutput(shown, { form, facts, queries, figure, kind, chosen: words });
      },
      () => Promise.resolve(undefined),
    );
  }
  return undefined;
}

async function writeOutput(
  output: Named,
  file: Pick<FigureJob, 'form' | 'facts' | 'queries' | 'figure'> & {
    readonly kind: FigureKind;
    readonly chosen: string | undefined;
  },
): Promise<FigureFile> {
  const { form, facts } = file;
  if (form === 'svg') return output.kind === 'figure' ? pictureFile(output.figure) : undefined;
  const data = dataOfOutput(output);
  switch (form) {
    case 'csv':
      return data === undefined ? undefined : toCsv(data);
    case 'xlsx': {
      if (data === undefined) return undefined;
      const words = wordsOf(output);
      const known = [
        ...Object.entries({
          Title: words.title,
          Chosen: file.chosen,
          Caption: words.caption,
          Source: words.source,
        }),
        ...Object.entries({
          Notebook: facts.notebookTitle,
          Run: facts.run,
          Published: facts.published,
          'Data through': facts.dataThrough,
          'Time zone': facts.timeZone,
          Code: facts.codeVersion,
          Address: `${facts.address}.xlsx`,
        }),
        ...file.queries.map(({ sql }, index) => [`SQL ${index + 1}`, sql.trim()] as const),
      ].flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
      return toWorkbook(data, known, new Date(facts.published));
    }
    case 'json':
      return `${JSON.stringify(jsonOf(output, data, file), undefined, 2)}\n`;
  }
}

/** A figure's words. */
interface Words {
  readonly title: string | undefined;
  readonly caption?: string | undefined;
  readonly alt?: string | undefined;
  readonly source?: string | undefined;
}

function wordsOf(output: Named): Words {
  if (output.kind === 'metric')
    return { title: output.metric.label, caption: output.metric.caption };
  if (output.kind === 'content') return { title: titleOfCaption(captionIn(output.nodes) ?? '') };
  const { title, caption, alt, source }: Figure = output.figure;
  return { title, caption, alt, source };
}

function jsonOf(
  output: Named,
  data: FigureData | undefined,
  {
    facts,
    queries,
    figure,
    kind,
    chosen,
  }: Pick<FigureJob, 'facts' | 'queries' | 'figure'> & {
    readonly kind: FigureKind;
    readonly chosen: string | undefined;
  },
): object {
  const { address, newest, notebookTitle, ...run } = facts;
  return {
    figure,
    kind,
    ...(chosen === undefined ? {} : { chosen }),
    ...wordsOf(output),
    ...run,
    notebookTitle,
    address: `${address}.json`,
    newest: `${newest}.json`,
    ...(output.kind === 'metric' ? { metric: metricOf(output.metric) } : {}),
    columns: data?.columns ?? null,
    rows:
      data?.rows.map((row) =>
        row.map((value, index) =>
          data.columns[index]?.type === 'number' && value !== null
            ? (exactNumber(value) ?? String(value))
            : value,
        ),
      ) ?? null,
    queries: queries.map(({ sql, parameters, tables, rows }) => ({
      sql,
      parameters,
      tables,
      rows,
    })),
  };
}

/** A card without what its figure says already. */
function metricOf({ id: _id, label: _label, caption: _caption, ...metric }: Metric): object {
  return metric;
}
