// The steps of a pipeline run: files, models, table types; and its report.

import { availableParallelism } from 'node:os';
import type { Pool } from 'pg';
import { describeError } from '../errors.js';
import { silentLogger } from '../logger.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { qualified } from '../warehouse/query/sql-text.js';
import { surveyFiles } from './extract/files/survey-files.js';
import { ensureTable } from './load/ensure-table.js';
import { EncoderThreads } from './load/encode/encoder-threads.js';
import { readLedger, readNewestEvent, readStale, type Stale } from '../history/files/ledger.js';
import { dropRetiredSources } from './load/drop-retired-sources.js';
import { loadWithinLimits } from './load/load-within-limits.js';
import { ageBounds, limitsBySource } from './load/limits/source-limits.js';
import { selectModels } from './project/graph.js';
import { reportParameter, type Model } from './definitions/model.js';
import { noticesOf, type Loss } from './load/limits/notices.js';
import type { PipelineEvent } from './pipeline-event.js';
import type { RunPipelineOptions } from './run-options.js';
import { inProcess, type TaskExecutor } from './task-executor.js';
import { type Project } from './project/read-project.js';
import { declareFirst } from './project/read-sources.js';
import { RunRecord } from '../history/runs/run-record.js';
import { readVersions } from './plan/plan-models.js';
import { writeTableTypes } from './table-types/write-table-types.js';
import { assignFiles, type SourceFile } from './extract/files/assign-files.js';
import { findCopies } from './extract/files/find-copies.js';
import { overlaps, type Period } from './definitions/period.js';
import { daysOfFile } from './extract/time/file-date.js';
import type { Source } from './definitions/source.js';
import { type TaskError } from '../history/reports/task-error.js';
import { analyzeSource } from './transform/analyze-source.js';
import { dropRetiredModels } from './transform/publish/drop-retired-models.js';
import { runModels, taskKind } from './transform/run-models.js';
import type {
  Drift,
  FileReport,
  ModelReport,
  Notice,
  PipelineReport,
  PassedOver,
} from '../history/reports/pipeline-report.js';
import type { RejectCounts } from '../history/rejects/reject.js';
import { countRejects } from '../history/rejects/quarantine.js';
import { readDrift } from './load/drift.js';

/** The work of one run, and what is known of it so far. */
export class PipelineWork {
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
  readonly #jobs: number;
  readonly #executor: TaskExecutor;
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
    this.#jobs = options.jobs ?? Math.min(4, Math.max(2, availableParallelism()));
    const here = inProcess(this.#jobs);
    this.#executor = options.executor?.({ runId: record.runId, here, signal }) ?? here;
  }

  async work(project: Project): Promise<void> {
    const { config, only, select = [], logger = silentLogger } = this.#options;
    const { sources, models } = project;
    this.#sources = sources;
    if (sources.length === 0) logger.warn(declareFirst(config.project.schemas.loaded));
    let hasLoaded = false;
    if (only !== 'models') {
      hasLoaded = await this.#record.loading(async () => {
        await this.#load(project, only === 'load' ? [] : select);
        return this.#error === undefined;
      });
      if (!hasLoaded) logger.info('the files of this run are loaded already');
    }
    if (this.#error !== undefined || (only === 'load' && hasLoaded)) return;
    if (!hasLoaded) {
      await this.#begin(models, only === 'load' ? [] : selectModels(models, select), []);
      for (const source of sources) await ensureTable(this.#pool, source);
      this.#dataThrough = await readNewestEvent(this.#pool);
    }
    if (only !== 'load') await this.#build(project, selectModels(models, select));
  }

  /** Stores the graph, and reports the start. */
  async #begin(
    models: readonly Model[],
    selected: readonly Model[],
    files: readonly SourceFile[],
  ): Promise<void> {
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
  }

  get #shared() {
    return {
      pool: this.#pool,
      record: this.#record,
      jobs: this.#jobs,
      executor: this.#executor,
      signal: this.#signal,
      onEvent: this.#onEvent,
    };
  }

  /** @param select - Models that are built afterwards. */
  async #load({ sources, models }: Project, select: readonly string[]): Promise<void> {
    const { config, only } = this.#options;
    const patterns = sources.flatMap((source) => source.files);
    const folder = this.#options.dataDir ?? config.dataDir;
    const found = await surveyFiles(folder, patterns, config.storage);
    const assigned = assignFiles(found.files, sources);
    const ledger = await readLedger(this.#pool);
    const { files: all, copies } = await findCopies(assigned, ledger);
    const files = filesOf(all, ledger, this.#options.period);
    this.#passedOver = [...found.passedOver, ...copies];
    const threads = new EncoderThreads();
    threads.prepare(files.map(({ file }) => file));
    try {
      const selected = only === 'load' ? [] : selectModels(models, select);
      await this.#begin(models, selected, files);
      await this.#loadFiles(files, sources, threads);
      if (this.#error !== undefined) return;
      for (const source of only === 'load' || selected.length > 0 ? sources : []) {
        const own = this.#files.filter((file) => file.source === source.name);
        const lines = own.reduce((sum, file) => sum + file.loaded, 0);
        await analyzeSource(this.#pool, source, lines);
      }
    } finally {
      // Models are built without the threads' memory.
      await threads.close();
    }
  }

  async #loadFiles(
    files: readonly SourceFile[],
    sources: readonly Source[],
    threads: EncoderThreads,
  ): Promise<void> {
    const { config, fullRefresh = false } = this.#options;
    const limitsOf = limitsBySource(sources, config.limits, this.#options);
    const pool = this.#pool;
    for (const source of sources) await ensureTable(pool, source);
    const loaded = await loadWithinLimits(files, sources, {
      ...this.#shared,
      threads,
      fullRefresh,
      limitsOf,
      schema: config.project.schemas.loaded,
    });
    this.#files = loaded.files;
    this.#error = loaded.error;
    this.#losses = loaded.losses;
    await threads.close();
    this.#rejects = await countRejects(pool);
    this.#dataThrough = await readNewestEvent(pool);
    this.#stale = await readStale(pool, ageBounds(sources, limitsOf));
    await this.readDrift();
  }

  async #build(
    { sources, models, loadedTables }: Project,
    selected: readonly Model[],
  ): Promise<void> {
    const { config, select = [], fullRefresh = false } = this.#options;
    const pool = this.#pool;
    await this.#writeParameters();
    this.#models = await runModels(selected, {
      ...this.#shared,
      fullRefresh,
      known: new Set(models.map(({ id }) => id)),
      versions: await readVersions(pool, sources, config.project.schemas.loaded),
      done: await this.#record.doneTasks(),
      again: this.#options.period,
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

/** The files of a run of a period: those that are loaded already, and those whose names have a date in it. */
function filesOf(
  files: readonly SourceFile[],
  ledger: ReadonlyMap<string, unknown>,
  period: Period | undefined,
): readonly SourceFile[] {
  if (period === undefined) return files;
  return files.filter(({ file }) => {
    const days = daysOfFile(file.name);
    const isKnown = ledger.has(file.name) || file.problem !== undefined;
    return isKnown || (days !== undefined && overlaps(days, period));
  });
}
