// A pipeline run: lock, load, models, table types, record in the history.

import { availableParallelism } from 'node:os';
import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { DaybookError, describeError } from '../errors.js';
import { silentLogger, type Logger } from '../logger.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { qualified } from '../warehouse/query/sql-text.js';
import { surveyFolder } from './extract/files/find-files.js';
import { ensureTable } from './load/ensure-table.js';
import { EncoderThreads } from './load/encode/encoder-threads.js';
import { readLedger, readNewestEvent, readStale, type Stale } from '../history/ledger.js';
import { dropRetiredSources } from './load/drop-retired-sources.js';
import { loadWithinLimits } from './load/load-within-limits.js';
import { ageBounds, limitsBySource, type GivenLimits } from './load/limits/source-limits.js';
import { selectModels } from './project/graph.js';
import { reportParameter, type Model } from './definitions/model.js';
import { noticesOf, type Loss } from './load/limits/notices.js';
import type { PipelineEvent } from './pipeline-event.js';
import { readProject, type Project } from './project/read-project.js';
import { declareFirst } from './project/read-sources.js';
import { withRunLock } from '../history/run-lock.js';
import { closeDeadRuns, RunRecord, deleteOldRuns } from '../history/run-record.js';
import { readVersions } from './plan/plan-models.js';
import { writeTableTypes } from './table-types/write-table-types.js';
import { assignFiles, type SourceFile } from './extract/files/assign-files.js';
import { findCopies } from './extract/files/find-copies.js';
import type { Source } from './definitions/source.js';
import { toTaskError, type TaskError } from '../history/task-error.js';
import { analyzeSource } from './transform/analyze-source.js';
import { dropRetiredModels } from './transform/publish/drop-retired-models.js';
import { runModels, taskKind } from './transform/run-models.js';
import type {
  Drift,
  FileReport,
  ModelReport,
  Notice,
  PipelineReport,
  RejectCounts,
  PassedOver,
} from '../history/pipeline-report.js';
import { countRejects } from '../history/rejects.js';
import { readDrift } from './load/drift.js';

/** Options of {@link runPipeline}. */
export interface RunPipelineOptions extends GivenLimits {
  /** An open warehouse; the owner's connections are used. */
  warehouse: { readonly owner: Pool };
  config: Config;
  /** The data folder. Default: that of the configuration. */
  dataDir?: string | undefined;
  /** Models to build, see `selectModels`; empty: all. Files are loaded in any case. */
  select?: readonly string[];
  /** Loads every file and builds every model, changed or not. Default false. */
  fullRefresh?: boolean;
  /** The trigger, for the history. Default `command`. */
  trigger?: string | undefined;
  /** Writes the types of the tables into the project. Default true. */
  writeTypes?: boolean;
  /** Finds the lines of notebooks that do not fit the tables any more, once the types of these are written. */
  findMisfits?: (() => Promise<readonly Notice[]>) | undefined;
  /** The version of the project's code, for the history. */
  codeVersion?: string | undefined;
  /** Concurrent files, and then models. Default: the number of processors, between 2 and 4. */
  jobs?: number;
  onEvent?: (event: PipelineEvent) => void;
  /** Aborts the run; work in progress is rolled back. */
  signal?: AbortSignal;
  logger?: Logger;
}

/**
 * Brings the warehouse up to date: loads what changed in the data folder, then builds and tests the models. Runs
 * exclude each other: a second one waits. Every run is recorded in `ops.pipeline_run` and `ops.task_run`.
 *
 * @returns The report. A failed file or model does not throw: `status` is `failed` then.
 * @throws DaybookError when the run could not continue: `DATA_MISSING`, `MODEL_INVALID`, `INTERRUPTED`, codes of
 *   the warehouse.
 */
export async function runPipeline(options: RunPipelineOptions): Promise<PipelineReport> {
  const { warehouse, logger = silentLogger, onEvent = () => undefined } = options;
  const outer = options.signal ?? new AbortController().signal;
  const pool = warehouse.owner;
  return withRunLock(
    pool,
    {
      signal: outer,
      onWait: () => {
        onEvent({ type: 'waiting' });
      },
    },
    async (lost) => {
      const signal = AbortSignal.any([outer, lost]);
      for (const runId of await closeDeadRuns(pool)) {
        logger.warn(`run ${runId} had ended without finishing; it is marked as failed`);
      }
      const record = await RunRecord.start(pool, {
        trigger: options.trigger ?? 'command',
        codeVersion: options.codeVersion,
        dataDir: options.dataDir ?? options.config.dataDir,
        timeZone: options.config.reportTimeZone,
      });
      const run = new Run(options, pool, record, signal, onEvent);
      try {
        await run.work(await readProject(options.config.root, options.config.project.schemas));
      } catch (thrown) {
        const error = signal.aborted ? (signal.reason as unknown) : thrown;
        // A typo on the command line is not recorded as a failed run, which pages and monitors would show.
        if (error instanceof DaybookError && error.code === 'USAGE') {
          await record.withdraw();
          throw error;
        }
        // Loaded files are not read again, so drift must be recorded now.
        await run.readDrift().catch((cause: unknown) => {
          logger.warn(`what is new in the lines could not be read: ${String(cause)}`);
        });
        const report = run.report(toTaskError(error));
        await record.finish(report).catch((cause: unknown) => {
          logger.error(`run ${record.runId} could not be marked as failed: ${String(cause)}`);
        });
        onEvent({ type: 'run_stopped', report });
        throw error;
      }
      const report = run.report();
      await record.finish(report);
      await deleteOldRuns(pool, options.config.keepRuns).catch((cause: unknown) => {
        logger.warn(`old runs could not be deleted from the history: ${String(cause)}`);
      });
      onEvent({ type: 'run_finished', report });
      return report;
    },
  );
}

/** A run in progress. */
class Run {
  readonly #options: RunPipelineOptions;
  readonly #pool: Pool;
  readonly #record: RunRecord;
  readonly #signal: AbortSignal;
  readonly #onEvent: (event: PipelineEvent) => void;
  readonly #started = performance.now();
  #sources: readonly Source[] = [];
  #files: readonly FileReport[] = [];
  #passedOver: readonly PassedOver[] = [];
  #models: readonly ModelReport[] = [];
  #rejects: RejectCounts = {};
  #drift: readonly Drift[] = [];
  #losses: readonly Loss[] = [];
  #stale: readonly Stale[] = [];
  #misfits: readonly Notice[] = [];
  #error: TaskError | undefined;
  #retired = { dropped: [] as string[], kept: [] as string[] };
  #asOf: string | null = null;
  #dataThrough: string | null = null;

  constructor(
    options: RunPipelineOptions,
    pool: Pool,
    record: RunRecord,
    signal: AbortSignal,
    onEvent: (event: PipelineEvent) => void,
  ) {
    this.#options = options;
    this.#pool = pool;
    this.#record = record;
    this.#signal = signal;
    this.#onEvent = onEvent;
  }

  async work(project: Project): Promise<void> {
    const { sources } = project;
    const { config, logger = silentLogger } = this.#options;
    this.#sources = sources;
    if (sources.length === 0) logger.warn(declareFirst(config.project.schemas.loaded));
    const patterns = sources.flatMap((source) => source.files);
    const dataDir = this.#options.dataDir ?? config.dataDir;
    const found = await surveyFolder(dataDir, patterns);
    const assigned = assignFiles(found.files, sources);
    const { files, copies } = await findCopies(assigned, await readLedger(this.#pool));
    this.#passedOver = [...found.passedOver, ...copies];
    const threads = new EncoderThreads();
    threads.prepare(files.map(({ file }) => file));
    try {
      await this.#workOn(files, project, threads);
    } finally {
      await threads.close();
    }
  }

  async #workOn(
    files: readonly SourceFile[],
    { sources, models, loadedTables }: Project,
    threads: EncoderThreads,
  ): Promise<void> {
    const { config, select = [], fullRefresh = false } = this.#options;
    const limitsOf = limitsBySource(sources, config.limits, this.#options);
    const pool = this.#pool;
    const selected = selectModels(models, select);
    await this.#record.setGraph(
      Object.fromEntries(models.map(({ id, reads }) => [id, reads])),
      selected.map((model) => ({ task: model.id, kind: taskKind(model) })),
    );
    this.#onEvent({
      type: 'run_started',
      runId: this.#record.runId,
      files: files.length,
      bytes: files.reduce((sum, { file }) => sum + file.bytes, 0),
      models: selected.length,
    });

    const shared = {
      pool,
      record: this.#record,
      jobs: this.#options.jobs ?? Math.min(4, Math.max(2, availableParallelism())),
      signal: this.#signal,
      onEvent: this.#onEvent,
    };
    for (const source of sources) await ensureTable(pool, source);
    const loaded = await loadWithinLimits(files, sources, {
      ...shared,
      threads,
      fullRefresh,
      limitsOf,
      schema: config.project.schemas.loaded,
    });
    this.#files = loaded.files;
    this.#error = loaded.error;
    this.#losses = loaded.losses;
    // Models are built without the threads' memory.
    await threads.close();
    this.#rejects = await countRejects(pool);
    this.#dataThrough = await readNewestEvent(pool);
    this.#stale = await readStale(pool, ageBounds(sources, limitsOf));
    await this.readDrift();
    if (this.#error !== undefined) return;

    for (const source of selected.length > 0 ? sources : []) {
      const own = this.#files.filter((file) => file.source === source.name);
      await analyzeSource(
        pool,
        source,
        own.reduce((sum, file) => sum + file.loaded, 0),
      );
    }
    await this.#writeParameters();
    this.#models = await runModels(selected, {
      ...shared,
      fullRefresh,
      known: new Set(models.map(({ id }) => id)),
      versions: await readVersions(pool, sources, config.project.schemas.loaded),
    });
    this.#asOf = await this.#reportedAsOf(models);
    if (select.length === 0 && !this.#hasFailures()) {
      this.#retired = await dropRetiredModels(pool, models);
      await dropRetiredSources(
        pool,
        config.project.schemas.loaded,
        sources.map(({ name }) => name),
      );
      if (this.#options.writeTypes === false) return;
      // Also when nothing was built: the file comes and goes with branches.
      const problem = await writeTableTypes(pool, config.root, models, loadedTables);
      if (problem !== undefined) {
        const { logger = silentLogger } = this.#options;
        logger.warn(`the types of the tables could not be written: ${problem}`);
      }
      await this.#findMisfits();
    }
  }

  /** The run has passed by now, whatever becomes of notebooks. */
  async #findMisfits(): Promise<void> {
    const { findMisfits, logger = silentLogger } = this.#options;
    try {
      this.#misfits = (await findMisfits?.()) ?? [];
    } catch (error) {
      logger.warn(
        `queries of notebooks could not be compared with the tables: ${describeError(error)}`,
      );
    }
  }

  /** Records the drift of the lines that are loaded by now. */
  async readDrift(): Promise<void> {
    this.#drift = await readDrift(this.#pool, this.#sources, this.#record.runId);
  }

  async #writeParameters(): Promise<void> {
    const { config } = this.#options;
    await this.#pool.query(
      `insert into ${reportParameter(config.project.schemas.loaded)} (time_zone, as_of) values ($1, $2)
      on conflict (only_row) do update
      set time_zone = excluded.time_zone, as_of = excluded.as_of`,
      [config.reportTimeZone, config.reportAsOf ?? null],
    );
  }

  async #reportedAsOf(models: readonly Model[]): Promise<string | null> {
    const { reportModel } = this.#options.config.project;
    const report = models.find((model) => model.id === reportModel);
    if (report?.columns.some(({ name }) => name === 'as_of') !== true) return null;
    // It may be missing because it failed or was never selected.
    const [found] = await queryRows<{ exists: boolean }>(
      this.#pool,
      'select to_regclass($1) is not null as exists',
      [qualified(report)],
    );
    if (found?.exists !== true) return null;
    const [row] = await queryRows<{ as_of: string | null }>(
      this.#pool,
      `select as_of from ${qualified(report)}`,
    );
    return row?.as_of ?? null;
  }

  #hasFailures(): boolean {
    return this.#models.some(({ status }) => status !== 'passed' && status !== 'unchanged');
  }

  /** @param stopped - Why the run ended early, if it did. */
  report(stopped?: TaskError): PipelineReport {
    const error = stopped ?? this.#error;
    const sum = (count: (file: FileReport) => number): number =>
      this.#files.reduce((total, file) => total + count(file), 0);
    return {
      runId: this.#record.runId,
      status: error !== undefined || this.#hasFailures() ? 'failed' : 'passed',
      durationMs: Math.round(performance.now() - this.#started),
      files: this.#files.filter((file) => file.status !== 'unchanged'),
      unchangedFiles: sum((file) => (file.status === 'unchanged' ? 1 : 0)),
      passedOver: this.#passedOver,
      lines: {
        read: sum((file) => file.lines),
        loaded: sum((file) => file.loaded),
        rejected: sum((file) => file.rejected),
      },
      rejects: this.#rejects,
      drift: this.#drift,
      notices: [
        ...noticesOf(this.#files, this.#losses, this.#drift, this.#stale),
        ...this.#misfits,
      ],
      models: this.#models,
      ...this.#retired,
      asOf: this.#asOf,
      dataThrough: this.#dataThrough,
      ...(error === undefined ? {} : { error }),
    };
  }
}
