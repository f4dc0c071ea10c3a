import { availableParallelism } from 'node:os';
import type { Pool } from 'pg';
import type { Config, Environment } from '../config.js';
import { silentLogger, type Logger } from '../logger.js';
import { openReader, openWarehouse } from '../warehouse/warehouse.js';
import type { CellLimits } from './cell-runner.js';
import { kernelEnvironment } from './kernel-environment.js';
import { formatNotebook } from '../nbformat/write-notebook.js';
import { folderOf, outputFiles, readSources, type NotebookSource } from './notebook-source.js';
import { openPublication, type Publication } from './publication.js';
import { runNotebook } from './run-notebook.js';
import type { NotebookResult, RunEvent, RunReport } from './run-report.js';
import { checkInThread } from './type-check/check-in-thread.js';
import type { CheckedNotebook, NotebookToCheck } from './type-check/type-problem.js';
import { writeFileAtomically } from './write-file-atomically.js';

/** How {@link runNotebooks} runs. */
export interface RunNotebooksOptions {
  readonly config: Config;
  /** The environment that kernels get, without the owner's credentials. */
  readonly env: Environment;
  /** Notebooks and folders, absolute. Default: the whole collection, `notebooks/`. */
  readonly paths?: readonly string[];
  /** The open warehouse. Default: opened if it is needed, and closed again. */
  readonly warehouse?: { readonly owner: Pool; readonly readerUrl: string };
  /** Adds the runs to the publication. Default true. */
  readonly publish?: boolean;
  /** Notebooks that run at once. Default: as many as there are cores. */
  readonly jobs?: number;
  /** Milliseconds that one cell may take. Default: no limit. */
  readonly cellTimeout?: number;
  /** Milliseconds that one notebook may take. Default: no limit. */
  readonly timeout?: number;
  /** Goes on after cells that fail: all, or only with errors of these names. Default false. */
  readonly allowErrors?: boolean | readonly string[];
  /** Where executed notebooks are written, absolute: a file ending in `.ipynb`, or a folder. */
  readonly output?: string;
  /** The version of the project's code. */
  readonly codeVersion?: string | undefined;
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops all kernels; what was executed is still written to the output. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  /** The type check. Default: in a thread of its own. */
  readonly check?: (notebooks: readonly NotebookToCheck[]) => Promise<CheckedNotebook[]>;
  readonly limits?: Partial<CellLimits>;
}

/**
 * Runs notebooks, several at once, and publishes their runs. One that fails does not stop the others.
 *
 * @returns What became of each; `failed` when any failed.
 * @throws DaybookError when there is no such notebook, the warehouse cannot be had, or an output
 *   cannot be written; the signal's reason when that was aborted.
 */
export async function runNotebooks(options: RunNotebooksOptions): Promise<RunReport> {
  const { config, paths = [], publish = true, onEvent = () => undefined } = options;
  const began = performance.now();
  options.signal?.throwIfAborted();
  const sources = await readSources(paths, config.root, options.env);
  const outputs = outputFiles(options.output, sources, config.root);
  onEvent({ type: 'run-start', paths: sources.map(({ path }) => path) });
  const checked = checkSources(sources, options.check ?? checkInThread);
  const warehouse = await openFor(options);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    const publication =
      publish && warehouse.owner !== undefined
        ? await openPublication(warehouse.owner, config.root, sources)
        : undefined;
    const env = kernelEnvironment(options.env, config, warehouse.readerUrl);
    const jobs = Math.max(1, options.jobs ?? availableParallelism());
    const notebooks = await inParallel(sources, jobs, async (source) => {
      try {
        const result = await runSource(source, {
          ...options,
          env,
          signal,
          output: outputs.get(source),
          publication,
          checked: checked(source),
        });
        onEvent({ type: 'notebook-end', result });
        return result;
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    });
    signal.throwIfAborted();
    if (paths.length === 0) await publication?.retireMissing();
    return {
      status: notebooks.every(({ status }) => status === 'passed') ? 'passed' : 'failed',
      notebooks,
      duration: performance.now() - began,
    };
  } finally {
    await warehouse.close();
  }
}

/** Starts the type check of all notebooks; kernels in other languages have none. */
function checkSources(
  sources: readonly NotebookSource[],
  check: NonNullable<RunNotebooksOptions['check']>,
): (source: NotebookSource) => Promise<CheckedNotebook> {
  const toCheck = sources.flatMap(({ file, content }) =>
    'spec' in content && content.spec.language === 'typescript'
      ? [{ path: file, notebook: content.notebook }]
      : [],
  );
  const results = toCheck.length === 0 ? Promise.resolve([]) : check(toCheck);
  results.catch(() => undefined); // each notebook that waits for it gets the error
  return async ({ file }) =>
    (await results)[toCheck.findIndex(({ path }) => path === file)] ?? {
      problems: [],
      typeImports: {},
    };
}

interface OpenWarehouse {
  /** Undefined: nothing is published. */
  readonly owner: Pool | undefined;
  /** Undefined: notebooks open the embedded Postgres themselves, if they need it. */
  readonly readerUrl: string | undefined;
  close(): Promise<void>;
}

async function openFor(options: RunNotebooksOptions): Promise<OpenWarehouse> {
  const { config, warehouse, publish = true, logger = silentLogger } = options;
  if (warehouse !== undefined) return { ...warehouse, close: () => Promise.resolve() };
  if (publish) return openWarehouse(config, { logger });
  if (config.databaseUrl !== undefined) {
    const reader = await openReader(config, { logger });
    return { owner: undefined, readerUrl: reader.url, close: () => reader.close() };
  }
  return { owner: undefined, readerUrl: undefined, close: () => Promise.resolve() };
}

interface SourceOptions extends Omit<RunNotebooksOptions, 'output' | 'check'> {
  readonly signal: AbortSignal;
  readonly output: string | undefined;
  readonly publication: Publication | undefined;
  readonly checked: Promise<CheckedNotebook>;
}

async function runSource(source: NotebookSource, options: SourceOptions): Promise<NotebookResult> {
  const { path, content } = source;
  const { output, publication, onEvent = () => undefined } = options;
  const startedAt = new Date();
  const base = {
    path,
    excerpt: [],
    problems: [],
    cells: [],
    warnings: [],
    startedAt,
    runId: undefined,
    output: undefined,
  };
  if ('failure' in content) {
    const duration = Date.now() - startedAt.getTime();
    return { ...base, status: 'failed', failure: content.failure, duration };
  }
  if (options.signal.aborted)
    return { ...base, status: 'stopped', failure: undefined, duration: 0 };
  const conflict = publication?.conflict(source);
  if (conflict !== undefined) {
    const failure = { kind: 'notebook', ename: 'NameTaken', evalue: conflict } as const;
    return { ...base, status: 'failed', failure, duration: 0 };
  }
  onEvent({ type: 'notebook-start', path, cellCount: content.notebook.cells.length });
  const run = await runNotebook({
    ...options,
    notebook: content.notebook,
    spec: content.spec,
    folder: folderOf(source),
    codeVersion: options.codeVersion,
    onCell: (event) => {
      onEvent({ ...event, path });
    },
  });
  if (output !== undefined) await writeFileAtomically(output, formatNotebook(run.document));
  const runId = await publication?.publish(source, run);
  const { status, failure, excerpt, problems, cells, warnings } = run;
  const duration = Date.now() - startedAt.getTime();
  return {
    ...base,
    ...{ status, failure, excerpt, problems, cells, warnings, runId, output, duration },
  };
}

/** Works on items in order, so many at once; waits for all of them, then throws the first error. */
async function inParallel<T, R>(
  items: readonly T[],
  jobs: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: PromiseSettledResult<R>[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const [settled] = await Promise.allSettled([work(items[index] as T)]);
      results[index] = settled;
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
