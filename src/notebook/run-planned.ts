// One notebook's turn in a run: kept, or executed, written and published.

import type { Environment } from '../config/environment/env-file.js';
import { describeError } from '../errors.js';
import { writeAtomically } from '../files/atomic-write.js';
import { silentLogger } from '../logger.js';
import type { JsonObject, Notebook } from '../nbformat/notebook.js';
import { formatNotebook } from '../nbformat/write-notebook.js';
import type { SystemUser } from '../system/system-users.js';
import { runVariables, type QueryRecord } from '../warehouse/query/query-record.js';
import { sqlstateOf } from '../warehouse/query/sqlstate.js';
import { folderOf, labelOf, type NotebookSource } from './collection/notebook-source.js';
import { withMark } from './document/clear-notebook.js';
import { retriesOf } from './document/execution-metadata.js';
import { headline, type FailureKind, type NotebookFailure } from './document/failure.js';
import type { CheckedNotebook } from './document/type-problem.js';
import { Autosave } from './execute/autosave.js';
import type { KernelMemory } from './execute/kernel-memory.js';
import { QueryLog } from './execute/query-log.js';
import {
  runNotebook,
  type ChoicesToRun,
  type ChoiceToRun,
  type NotebookRunResult,
} from './execute/run-notebook.js';
import { redact, redactingLogger } from './parameters/redact.js';
import type { PlannedNotebook, RunnableNotebook } from './plan/plan-runs.js';
import type { DoneNotebook, NotebookSharing } from './notebook-sharing.js';
import type { Publication } from './publish/publication.js';
import type { NotebookResult } from './report/run-report.js';
import type { NotebookRunSettings } from './run-settings.js';

/** What the notebooks of a run share. */
export interface SharedRun {
  readonly settings: NotebookRunSettings;
  readonly signal: AbortSignal;
  /** The user of kernels; undefined: that of this process. */
  readonly user: SystemUser | undefined;
  /** Undefined: no memory limit. */
  readonly memory: KernelMemory | undefined;
  /** Undefined: nothing is published. */
  readonly publication: Publication | undefined;
  /** What a shared run has executed already; empty: nothing. */
  readonly done: ReadonlyMap<string, DoneNotebook>;
  /** The other processes that execute its notebooks; undefined: none. */
  readonly sharing: NotebookSharing | undefined;
  /** Choices that ran on the kernel of another one. */
  readonly ready: Map<PlannedNotebook, EndedRun>;
}

/** A run that has ended, with what it asked. */
interface EndedRun {
  readonly run: NotebookRunResult;
  readonly queries: readonly QueryRecord[];
  /** When its cells began, in order. */
  readonly starts: readonly CellStart[];
}

interface CellStart {
  readonly cell: number;
  readonly time: number;
}

/** A notebook of a run. */
export interface NotebookTurn {
  readonly plan: PlannedNotebook;
  /** The kernel's environment. */
  readonly env: Environment;
  /** The file of the executed notebook, absolute. */
  readonly output: string | undefined;
  /** The result of the type check. */
  readonly checked: Promise<CheckedNotebook>;
  /** The cycle of dependencies that it belongs to: it cannot be run. */
  readonly cycle: string | undefined;
  /** The same notebook with other choices, to be run with it. */
  readonly others: readonly PlannedNotebook[];
  /** A notebook that it comes after, and that failed in this run. */
  readonly failedBefore: NotebookSource | undefined;
}

/** The differences of a result from that of a notebook that was not run. */
type Outcome = Pick<NotebookResult, 'status'> & Partial<NotebookResult>;

/** Runs a notebook if necessary; writes and publishes it. */
export async function runPlanned(turn: NotebookTurn, shared: SharedRun): Promise<NotebookResult> {
  const { source, reason, runnable } = turn.plan;
  const startedAt = new Date();
  const outcome =
    runnable === undefined
      ? { status: 'failed' as const, failure: failureOf(source) }
      : ((await endWithoutRun(turn, shared, runnable)) ??
        (await executeHereOrElsewhere(turn, shared, runnable, startedAt)));
  return {
    ...{ path: labelOf(source), parameters: source.parameters, reason, startedAt },
    ...{ failure: undefined, excerpt: [], problems: [], cells: [], warnings: [] },
    ...{ runId: undefined, output: undefined, duration: Date.now() - startedAt.getTime() },
    ...outcome,
  };
}

async function executeHereOrElsewhere(
  turn: NotebookTurn,
  shared: SharedRun,
  runnable: RunnableNotebook,
  startedAt: Date,
): Promise<Outcome> {
  const { sharing, settings } = shared;
  if (sharing === undefined) return execute(turn, shared, runnable, startedAt);
  const { plan, checked } = turn;
  const path = labelOf(plan.source);
  const expected = shared.publication?.expected(plan.source);
  const cellCount = runnable.notebook.cells.length;
  settings.onEvent?.({ type: 'notebook-start', path, cellCount, expected });
  return sharing.execute(plan, await checked);
}

function failureOf({ content }: NotebookSource): NotebookFailure | undefined {
  return 'failure' in content ? content.failure : undefined;
}

/** The result of a notebook that may not, cannot or need not be executed; undefined: it must be. */
async function endWithoutRun(
  { plan: { source, reason }, output, cycle, failedBefore }: NotebookTurn,
  { publication, signal, done }: SharedRun,
  { notebook }: RunnableNotebook,
): Promise<Outcome | undefined> {
  if (signal.aborted) return { status: 'stopped' };
  const conflict = publication?.conflict(source);
  if (conflict !== undefined) return failed('notebook', 'NameTaken', conflict);
  if (cycle !== undefined) {
    const advice = 'take one of the names out of metadata.daybook.after';
    return failed('dependency', 'NotRun', `it waits for itself: ${cycle}; ${advice}`);
  }
  if (reason === undefined && publication !== undefined) {
    const kept = await publication.keep(source, notebook, output !== undefined);
    const written = kept.document === undefined ? undefined : output;
    if (kept.document !== undefined) await writeNotebook(written, kept.document);
    return { status: 'unchanged', runId: kept.runId, output: written };
  }
  const earlier = done.get(labelOf(source));
  if (earlier?.status === 'failed') return earlier;
  if (failedBefore !== undefined) {
    const evalue = `it comes after ${labelOf(failedBefore)}, which did not pass`;
    return failed('dependency', 'NotRun', evalue);
  }
  return undefined;
}

function failed(kind: FailureKind, ename: string, evalue: string): Outcome {
  return { status: 'failed', failure: { kind, ename, evalue } };
}

async function execute(
  turn: NotebookTurn,
  shared: SharedRun,
  runnable: RunnableNotebook,
  startedAt: Date,
): Promise<Outcome> {
  const { plan, output } = turn;
  const { source } = plan;
  const { settings, publication, ready } = shared;
  const path = labelOf(source);
  const expected = publication?.expected(source);
  const cellCount = runnable.notebook.cells.length;
  settings.onEvent?.({ type: 'notebook-start', path, cellCount, expected });
  const known = ready.get(plan);
  ready.delete(plan);
  const { run, queries, starts } = known ?? (await runOnKernel(turn, shared, runnable, startedAt));
  await writeNotebook(output, run.document);
  const { status, failure, excerpt, problems, cells, warnings } = run;
  const outcome = {
    ...{ status, failure, excerpt, problems, cells, warnings, output },
    ...(known === undefined
      ? {}
      : {
          startedAt: run.startedAt,
          duration: run.finishedAt.getTime() - run.startedAt.getTime(),
        }),
  };
  try {
    const published = await publication?.publish(source, {
      run,
      code: runnable.code,
      queries,
      cellAt: (at) => starts.findLast(({ time }) => time <= at)?.cell ?? null,
    });
    return { ...outcome, runId: undefined, ...published };
  } catch (error) {
    // The content of one notebook must not stop the others.
    if (!isUnstorable(error)) throw error;
    const unkept = failed(
      'notebook',
      'NotPublished',
      `its run cannot be kept: ${describeError(error)}`,
    );
    return { ...outcome, status: 'failed', failure: failure ?? unkept.failure };
  }
}

/** Runs a notebook on a kernel of its own, and with it what of its other choices can be. */
async function runOnKernel(
  { plan, env, output, checked, others }: NotebookTurn,
  { settings, signal, user, memory, publication, ready }: SharedRun,
  { notebook, spec }: RunnableNotebook,
  startedAt: Date,
): Promise<EndedRun> {
  const { source } = plan;
  const { onEvent = () => undefined } = settings;
  const path = labelOf(source);
  using log = new QueryLog(user);
  const logger = redactingLogger(settings.logger ?? silentLogger, source.secrets);
  const autosave =
    output === undefined
      ? undefined
      : new Autosave((partial) =>
          writeNotebook(output, redact(asRunning(partial, startedAt), source.secrets)),
        );
  const queryVariables =
    publication === undefined
      ? {}
      : { [runVariables.snapshot]: publication.snapshot, [runVariables.queryLog]: log.file };
  const queriesOf = () => redact(log.read(), source.secrets);
  let own: { readonly starts: CellStart[]; queries?: readonly QueryRecord[] } = { starts: [] };
  const attempt = async (): Promise<NotebookRunResult> => {
    log.clear();
    const first: typeof own = { starts: [] };
    own = first;
    const { starts } = first;
    const asked = new WeakMap<object, readonly QueryRecord[]>();
    const choices = choicesOf(plan, others, {
      onShared: (outcome) => {
        const event = { type: 'choices-shared', path: source.path, outcome } as const;
        onEvent({ ...event, choices: others.length + 1 });
      },
      begin: () => {
        first.queries ??= queriesOf();
      },
      end: (other, run, later) => {
        // The cell of a query is found by its time, whichever choice it is of.
        starts.push(...later);
        const cellAt = (at: number) => starts.findLast(({ time }) => time <= at)?.cell ?? 0;
        const began = later[0]?.time ?? Infinity;
        const now = queriesOf().filter(({ startedAt: at }) => at >= began);
        const queries = run.document.cells.flatMap((cell, index) => {
          if (cell.cell_type !== 'code') return [];
          const isOf = ({ startedAt: at }: QueryRecord) => cellAt(at) === index + 1;
          const known = later.some((start) => start.cell === index + 1)
            ? now.filter(isOf)
            : // What did not run has its outputs from another choice, and asked what that asked.
              (asked.get(cell.outputs) ?? (first.queries ?? []).filter(isOf));
          asked.set(cell.outputs, known);
          return known;
        });
        ready.set(other, { run: redact(run, source.secrets), queries, starts: [...starts] });
      },
    });
    const executed = await runNotebook(
      {
        ...{ notebook, spec, folder: folderOf(source), env: { ...env, ...queryVariables }, user },
        ...{
          checked,
          parameters: source.parameters as JsonObject,
          memory,
          signal,
          logger,
          choices,
        },
        onProgress: (partial) => autosave?.save(partial),
        onCell: (event) => {
          if (event.type === 'cell-start') starts.push({ cell: event.cell, time: Date.now() });
          onEvent({ ...event, path });
        },
      },
      settings,
    );
    return redact(executed, source.secrets);
  };
  try {
    let run = await attempt();
    for (let tries = 1; mayTryAgain(run, tries); tries += 1) {
      logger.warn(`${path} failed and is run again (${tries}): ${headline(run.failure)}`);
      run = await attempt();
    }
    return { run, queries: own.queries ?? queriesOf(), starts: own.starts };
  } finally {
    await autosave?.close();
  }
}

/** What is told of choices that run on the kernel of another one. */
interface ChoiceListener extends Pick<ChoicesToRun, 'onShared'> {
  /** Called before each of their cells. */
  readonly begin: () => void;
  readonly end: (
    plan: PlannedNotebook,
    run: NotebookRunResult,
    starts: readonly CellStart[],
  ) => void;
}

/** A notebook's other choices, as they run with it. */
function choicesOf(
  { source: { chosen } }: PlannedNotebook,
  others: readonly PlannedNotebook[],
  { onShared, begin, end }: ChoiceListener,
): ChoicesToRun | undefined {
  if (chosen === undefined || others.length === 0) return undefined;
  if (!chosen.isOneType) {
    onShared({ reason: 'its types depend on what is chosen: declare those of the parameters' });
    return undefined;
  }
  return {
    ...{ chosen, onShared },
    others: others.flatMap((plan) => {
      const { source, runnable } = plan;
      if (runnable === undefined || source.chosen === undefined) return [];
      const starts: CellStart[] = [];
      const choice: ChoiceToRun = {
        ...{ notebook: runnable.notebook, values: source.chosen.values },
        parameters: source.parameters as JsonObject,
        onCell: (event) => {
          begin();
          if (event.type === 'cell-start') starts.push({ cell: event.cell, time: Date.now() });
        },
        onResult: (run) => {
          begin();
          end(plan, run, starts);
        },
      };
      return [choice];
    }),
  };
}

async function writeNotebook(file: string | undefined, notebook: Notebook): Promise<void> {
  if (file === undefined) return;
  await writeAtomically(file, formatNotebook(notebook), { makeFolders: true });
}

/**
 * Whether an error means that the content cannot be stored: a text that is too long, a character that Postgres
 * refuses.
 */
function isUnstorable(error: unknown): boolean {
  return error instanceof RangeError || /^(?:22|54)/.test(sqlstateOf(error) ?? '');
}

/** A notebook in progress, for saving. */
function asRunning(notebook: Notebook, startedAt: Date): Notebook {
  const run = { status: 'running', started_at: startedAt.toISOString() };
  return { ...notebook, metadata: withMark(notebook.metadata, 'run', run) };
}

/** Whether the tags of the failed cell permit another attempt. */
function mayTryAgain(
  run: NotebookRunResult,
  tries: number,
): run is NotebookRunResult & { failure: NotebookFailure } {
  const cell = run.document.cells[(run.failure?.cell ?? 0) - 1];
  return run.status === 'failed' && cell !== undefined && tries <= retriesOf(cell);
}
