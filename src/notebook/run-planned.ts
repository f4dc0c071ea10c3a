import { writeAtomically } from '../files/atomic-write.js';
import { describeError } from '../errors.js';
import { sqlstateOf } from '../warehouse/query/sqlstate.js';
import { runVariables } from '../warehouse/query/query-record.js';
import { formatNotebook } from '../nbformat/write-notebook.js';
import { silentLogger } from '../logger.js';
import type { JsonObject, Notebook } from '../nbformat/notebook.js';
import { Autosave } from './execute/autosave.js';
import { withMark } from './document/clear-notebook.js';
import { redact, redactingLogger } from './parameters/redact.js';
import { folderOf, labelOf, type NotebookSource } from './collection/notebook-source.js';
import type { PlannedNotebook } from './plan/plan-runs.js';
import type { Publication } from './publish/publication.js';
import { QueryLog } from './execute/query-log.js';
import {
  runNotebook,
  type NotebookRunResult,
  type RunNotebookOptions,
} from './execute/run-notebook.js';
import { retriesOf } from './document/execution-metadata.js';
import { headline, type NotebookFailure } from './document/failure.js';
import type { NotebookResult, RunEvent } from './report/run-report.js';

/** What {@link runPlanned} takes beside the notebook. */
export interface RunPlannedOptions extends Omit<
  RunNotebookOptions,
  'notebook' | 'spec' | 'folder' | 'codeVersion' | 'parameters'
> {
  readonly signal: AbortSignal;
  /** Where the executed notebook is written, absolute. */
  readonly output: string | undefined;
  readonly publication: Publication | undefined;
  /** A notebook that it comes after, and that failed in this run. */
  readonly failedBefore: NotebookSource | undefined;
  /** By which it waits for itself, so that it cannot be run. */
  readonly circle: string | undefined;
  readonly codeVersion?: string | undefined;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Runs one notebook of a collection, if it has to be run; writes and publishes it. */
export async function runPlanned(
  plan: PlannedNotebook,
  options: RunPlannedOptions,
): Promise<NotebookResult> {
  const { source, code, reason } = plan;
  const { content } = source;
  const { output, publication, onEvent = () => undefined } = options;
  const startedAt = new Date();
  const label = labelOf(source);
  const base = {
    path: label,
    parameters: source.parameters,
    reason,
    failure: undefined,
    excerpt: [],
    problems: [],
    cells: [],
    warnings: [],
    startedAt,
    runId: undefined,
    output: undefined,
  };
  const duration = () => Date.now() - startedAt.getTime();
  if ('failure' in content || code === undefined) {
    const failure = 'failure' in content ? content.failure : undefined;
    return { ...base, status: 'failed', failure, duration: duration() };
  }
  if (options.signal.aborted) return { ...base, status: 'stopped', duration: 0 };
  const conflict = publication?.conflict(source);
  if (conflict !== undefined) {
    const failure = { kind: 'notebook', ename: 'NameTaken', evalue: conflict } as const;
    return { ...base, status: 'failed', failure, duration: 0 };
  }
  if (options.circle !== undefined) {
    const evalue = `it waits for itself: ${options.circle}; take one of the names out of metadata.daybook.after`;
    const failure = { kind: 'dependency', ename: 'NotRun', evalue } as const;
    return { ...base, status: 'failed', failure, duration: 0 };
  }
  if (reason === undefined && publication !== undefined) {
    const kept = await publication.keep(source, content.notebook, output !== undefined);
    const written = kept.document === undefined ? undefined : output;
    if (kept.document !== undefined && written !== undefined) {
      await writeAtomically(written, formatNotebook(kept.document), { makeFolders: true });
    }
    const { runId } = kept;
    return { ...base, status: 'unchanged', runId, output: written, duration: duration() };
  }
  if (options.failedBefore !== undefined) {
    const evalue = `it comes after ${labelOf(options.failedBefore)}, which did not pass`;
    const failure = { kind: 'dependency', ename: 'NotRun', evalue } as const;
    return { ...base, status: 'failed', failure, duration: 0 };
  }
  const cellCount = content.notebook.cells.length;
  const expected = publication?.expected(source);
  onEvent({ type: 'notebook-start', path: label, cellCount, expected });
  using log = new QueryLog(options.user);
  const logger = redactingLogger(options.logger ?? silentLogger, source.secrets);
  const autosave =
    output === undefined
      ? undefined
      : new Autosave(async (notebook) => {
          const partial = redact(asRunning(notebook, startedAt), source.secrets);
          await writeAtomically(output, formatNotebook(partial), { makeFolders: true });
        });
  let starts: { readonly cell: number; readonly time: number }[] = [];
  const attempt = async (): Promise<NotebookRunResult> => {
    log.clear();
    starts = [];
    const executed = await runNotebook({
      ...options,
      env: {
        ...options.env,
        ...(publication === undefined
          ? {}
          : { [runVariables.snapshot]: publication.snapshot, [runVariables.queryLog]: log.file }),
      },
      notebook: content.notebook,
      spec: content.spec,
      folder: folderOf(source),
      codeVersion: options.codeVersion,
      parameters: source.parameters as JsonObject,
      logger,
      onProgress: (notebook) => autosave?.save(notebook),
      onCell: (event) => {
        if (event.type === 'cell-start') starts.push({ cell: event.cell, time: Date.now() });
        onEvent({ ...event, path: label });
      },
    });
    return redact(executed, source.secrets);
  };
  let run: NotebookRunResult;
  try {
    run = await attempt();
    for (let tries = 1; mayTryAgain(run, tries); tries += 1) {
      logger.warn(`${label} failed and is run again (${tries}): ${headline(run.failure)}`);
      run = await attempt();
    }
  } finally {
    await autosave?.close();
  }
  if (output !== undefined) {
    await writeAtomically(output, formatNotebook(run.document), { makeFolders: true });
  }
  const { status, failure, excerpt, problems, cells, warnings } = run;
  const result = { ...base, status, failure, excerpt, problems, cells, warnings, output };
  try {
    const runId = await publication?.publish(source, {
      run,
      code,
      queries: redact(log.read(), source.secrets),
      cellAt: (at) => starts.findLast(({ time }) => time <= at)?.cell ?? null,
    });
    return { ...result, runId, duration: duration() };
  } catch (error) {
    // What this notebook holds must not end the others.
    if (!isUnstorable(error)) throw error;
    const evalue = `its run cannot be kept: ${describeError(error)}`;
    const unkept = { kind: 'notebook', ename: 'NotPublished', evalue } as const;
    return { ...result, status: 'failed', failure: failure ?? unkept, duration: duration() };
  }
}

/** Whether it is for what a run holds that it cannot be stored: a text that is too long, an odd value. */
function isUnstorable(error: unknown): boolean {
  return error instanceof RangeError || /^(?:22|54)/.test(sqlstateOf(error) ?? '');
}

/** A notebook that is not done, as it is saved on its way. */
function asRunning(notebook: Notebook, startedAt: Date): Notebook {
  const run = { status: 'running', started_at: startedAt.toISOString() };
  return { ...notebook, metadata: withMark(notebook.metadata, 'run', run) };
}

/** Whether the cell that failed is tagged for more tries than there were. */
function mayTryAgain(
  run: NotebookRunResult,
  tries: number,
): run is NotebookRunResult & { failure: NotebookFailure } {
  const cell = run.document.cells[(run.failure?.cell ?? 0) - 1];
  return run.status === 'failed' && cell !== undefined && tries <= retriesOf(cell);
}
