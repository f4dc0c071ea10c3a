import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import {
  joinText,
  type Json,
  type JsonObject,
  type Notebook,
} from '../../src/nbformat/notebook.js';
import { readNotebook } from '../../src/nbformat/read-notebook.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import { checkNotebooks } from '../../src/notebook/type-check/check-notebooks.js';
import type { CheckedNotebook, NotebookToCheck } from '../../src/notebook/document/type-problem.js';
import { root, type TestDatabase } from '../database.js';

/** A chart, as far as its reader is told about it. */
export interface Chart {
  title: string;
  caption: string;
  alt: string;
  source: string;
  traces: { x?: Json[]; y?: Json[]; locations?: Json[]; z?: Json[]; colorbar?: Json }[];
  layout: JsonObject;
}

/** What an executed notebook shows its reader. */
export interface Shown {
  /** Values of the cards by their labels. */
  metrics: Record<string, string>;
  charts: Chart[];
  /** Plain text of tables, sentences and charts, in order. */
  texts: string[];
  /** Standard output, standard error and errors: what a finished page does not have. */
  noise: string[];
}

/**
 * Runs notebooks, unpublished.
 *
 * @param paths - Below the project's root.
 * @param dataDir - The folder of the logs. Default: that of the database's configuration.
 * @returns What each shows, in the order of the paths.
 * @throws Error with the failure when one does not pass.
 */
export async function runAndRead(
  { config, owner, readerUrl }: TestDatabase,
  paths: readonly string[],
  dataDir = config.dataDir,
): Promise<Shown[]> {
  const output = await mkdtemp(join(config.home, 'executed-'));
  const report = await runNotebooks({
    config: { ...config, dataDir },
    env: process.env,
    warehouse: { owner, readerUrl },
    paths: paths.map((path) => join(root, path)),
    publish: false,
    output,
    check: (notebooks) => checkedOnce(notebooks).map((one) => Promise.resolve(one)),
  });
  return Promise.all(
    report.notebooks.map(async ({ path, status, failure, excerpt, output: file }) => {
      if (status !== 'passed' || file === undefined) {
        throw new Error([path, JSON.stringify(failure), ...excerpt].join('\n'));
      }
      return read(await readNotebook(file));
    }),
  );
}

const checked = new Map<string, CheckedNotebook[]>();

/** The type check takes seconds and does not depend on the data. */
function checkedOnce(notebooks: readonly NotebookToCheck[]): CheckedNotebook[] {
  const key = notebooks.map(({ path }) => path).join('\n');
  const known = checked.get(key) ?? checkNotebooks(notebooks);
  checked.set(key, known);
  return known;
}

function read(notebook: Notebook): Shown {
  const shown: Shown = { metrics: {}, charts: [], texts: [], noise: [] };
  const outputs = notebook.cells.flatMap((cell) => (cell.cell_type === 'code' ? cell.outputs : []));
  for (const output of outputs) {
    if (output.output_type === 'stream') shown.noise.push(joinText(output.text));
    else if (output.output_type === 'error') shown.noise.push(output.evalue);
    else {
      const { data } = output;
      const metric = data['application/vnd.daybook.metric+json'] as MetricData | undefined;
      const figure = data['application/vnd.plotly.v1+json'] as JsonObject | undefined;
      if (metric !== undefined) shown.metrics[metric.label] = metric.value;
      if (figure !== undefined) shown.charts.push(chart(figure));
      shown.texts.push(joinText(data['text/plain'] as string));
    }
  }
  return shown;
}

interface MetricData extends JsonObject {
  label: string;
  value: string;
}

function chart(figure: JsonObject): Chart {
  const layout = figure['layout'] as JsonObject & { meta: { daybook: Chart } };
  return { ...layout.meta.daybook, traces: figure['data'] as Chart['traces'], layout };
}
