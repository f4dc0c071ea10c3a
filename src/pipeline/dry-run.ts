// The dry run (`daybook pipeline run --dry-run`): what a run would do, and why.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { DaybookError } from '../errors.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import { surveyFiles } from './extract/files/survey-files.js';
import { compareFile, encodeFile } from './load/encode/encode-file.js';
import { isOfAnother, isUntouched, loadReason, type EncodeJob } from './plan/file-decision.js';
import { readLedger, readLineRates, type KnownFile } from '../history/files/ledger.js';
import { findRunAtWork } from '../history/runs/run-history.js';
import { goneReason, isGone, planLoad } from './plan/load-plan.js';
import { readBaseline } from '../history/files/source-baseline.js';
import { refusedRemoval } from './load/limits/removal-limit.js';
import { limitsBySource, type GivenLimits } from './load/limits/source-limits.js';
import type { Versions } from './plan/decide.js';
import { planModels, type PlannedModel, readVersions } from './plan/plan-models.js';
import { selectModels } from './project/graph.js';
import { reportParameter } from './definitions/model.js';
import { readProject } from './project/read-project.js';
import { configuredVersion } from '../history/files/source-versions.js';
import { assignFiles, type SourceFile } from './extract/files/assign-files.js';
import { findCopies } from './extract/files/find-copies.js';
import { sourceTable, type Source } from './definitions/source.js';
import { toTaskError, type TaskError } from '../history/reports/task-error.js';
import type { PassedOver } from '../history/reports/pipeline-report.js';

/** What a run would do with a file. */
export interface PlannedFile {
  /** Path relative to the data folder. */
  readonly file: string;
  readonly source: string;
  /**
   * `append`: only the new lines are loaded. `remove`: it is no longer in the folder, or its source is declared no
   * more. `fail`: its beginning shows
   * that it cannot be loaded.
   */
  readonly action: 'load' | 'append' | 'remove' | 'keep' | 'fail';
  /** The reason, in words that follow the file's name. */
  readonly reason: string;
  /** Bytes on disk that would be loaded. */
  readonly bytes: number;
  /** The estimated number of lines, by the loaded files of its source; null without any. */
  readonly lines: number | null;
}

/** What a run would do, and why. */
export interface DryRun {
  readonly files: readonly PlannedFile[];
  /** Skipped files with their reasons. */
  readonly passedOver: readonly PassedOver[];
  /** In the order of the run. */
  readonly models: readonly PlannedModel[];
  /** Models whose files are gone: their tables would be dropped, unless something depends on them. */
  readonly retired: readonly string[];
  /** Why the run would fail before it loads anything; null: it would not. */
  readonly refused: TaskError | null;
  /** The number of a run in progress, which may do the same before the next one. */
  readonly busy: number | null;
}

/** As in `RunPipelineOptions`. */
export interface DryRunOptions extends GivenLimits {
  config: Config;
  dataDir?: string | undefined;
  select?: readonly string[];
  fullRefresh?: boolean;
}

/**
 * Plans a run without doing anything. Declarations, models and files are read as in a run; of the warehouse only
 * its history is read.
 *
 * @param pool - The warehouse; the reader role suffices.
 * @throws DaybookError as `runPipeline` does before its first file is loaded.
 */
export async function dryRun(pool: Pool, options: DryRunOptions): Promise<DryRun> {
  const { config, select = [], fullRefresh = false } = options;
  const { sources, models } = await readProject(config.root, config.project.schemas);
  const patterns = sources.flatMap((source) => source.files);
  const folder = options.dataDir ?? config.dataDir;
  const found = await surveyFiles(folder, patterns, config.storage);
  const selected = selectModels(models, select);
  const books = await readWarehouseState(pool, sources, config);
  const assigned = await findCopies(assignFiles(found.files, sources), books.ledger);
  const files = await planFiles(assigned.files, sources, books, fullRefresh);
  const refused = refusedRemoval(
    planLoad(assigned.files, books.ledger, sources, fullRefresh, books.baseline),
    limitsBySource(sources, config.limits, options),
  );
  const versions = afterLoading(books, files, config.project.schemas.loaded);
  return {
    files,
    passedOver: [...found.passedOver, ...assigned.copies],
    models: planModels(selected, versions, fullRefresh),
    retired:
      select.length > 0
        ? []
        : [...versions.models.keys()].filter((id) => !models.some((model) => model.id === id)),
    refused: refused === undefined ? null : toTaskError(refused),
    busy: books.busy,
  };
}

/** The state that the warehouse has recorded. */
interface WarehouseState {
  readonly baseline: ReadonlyMap<string, number>;
  readonly ledger: ReadonlyMap<string, KnownFile>;
  readonly linesPerByte: ReadonlyMap<string, number>;
  readonly versions: Versions;
  readonly busy: number | null;
}

async function readWarehouseState(
  pool: Pool,
  sources: readonly Source[],
  config: Config,
): Promise<WarehouseState> {
  const { loaded } = config.project.schemas;
  let ledger: WarehouseState['ledger'] | undefined;
  try {
    ledger = await readLedger(pool);
    return {
      ledger,
      baseline: await readBaseline(pool),
      linesPerByte: await readLineRates(pool),
      versions: {
        ...(await readVersions(pool, sources, loaded)),
        parameters: new Map([[reportParameter(loaded), await configuredVersion(pool, config)]]),
      },
      busy: await findRunAtWork(pool),
    };
  } catch (cause) {
    const state = sqlstateOf(cause);
    const isMissing = ledger !== undefined && state === sqlstate.undefinedTable;
    if (isMissing || state === sqlstate.undefinedColumn) {
      const message = 'an earlier version of Daybook made this warehouse; its books lack something';
      throw new DaybookError('PIPELINE_FAILED', message, {
        cause,
        hint: 'daybook pipeline run brings it up to date',
      });
    }
    if (state !== sqlstate.undefinedTable && state !== sqlstate.invalidSchemaName) throw cause;
    return nothingYet(sources, loaded);
  }
}

/** The state of a warehouse before its first run. */
function nothingYet(sources: readonly Source[], loaded: string): WarehouseState {
  return {
    ...{ ledger: new Map(), baseline: new Map() },
    linesPerByte: new Map(),
    versions: {
      files: new Map(sources.map((source) => [sourceTable(source), 'no file'])),
      parameters: new Map([[reportParameter(loaded), '']]),
      models: new Map(),
    },
    busy: null,
  };
}

async function planFiles(
  files: readonly SourceFile[],
  sources: readonly Source[],
  { ledger, linesPerByte }: WarehouseState,
  fullRefresh: boolean,
): Promise<PlannedFile[]> {
  const declared = new Set(sources.map(({ name }) => name));
  const present = new Set(files.map(({ file }) => file.name));
  const planned: PlannedFile[] = [];
  for (const [name, known] of ledger) {
    if (!isGone(name, present)) continue;
    const reason = goneReason(known.source, declared.has(known.source));
    planned.push({
      ...{ file: name, source: known.source, action: 'remove', reason, bytes: 0, lines: null },
    });
  }
  for (const { file, source } of files) {
    const known = ledger.get(file.name);
    const job = { file, source, known, refresh: fullRefresh || isOfAnother(source, known) };
    const { action, reason, bytes } = await planFile(job, fullRefresh);
    const isPacked = known?.unfinishedBytes === null || /\.(?:gz|zst)$/.test(file.name);
    const rate = linesPerByte.get(`${source.name} ${isPacked ? 't' : 'f'}`);
    const lines = rate === undefined ? null : Math.round(bytes * rate);
    planned.push({ file: file.name, source: source.name, action, reason, bytes, lines });
  }
  return planned.sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function planFile(
  job: EncodeJob,
  fullRefresh: boolean,
): Promise<Pick<PlannedFile, 'action' | 'reason' | 'bytes'>> {
  if (isUntouched(job)) return { action: 'keep', reason: 'nobody wrote to it', bytes: 0 };
  const { change, start } =
    job.file.problem === undefined ? await compareFile(job) : { change: 'replace' as const };
  const reason = loadReason(change, job, fullRefresh);
  if (change === 'unchanged') return { action: 'keep', reason, bytes: 0 };
  const problem = await problemOf(job);
  if (problem !== undefined) return { action: 'fail', reason: problem, bytes: 0 };
  const action = change === 'append' ? 'append' : 'load';
  return { action, reason, bytes: job.file.bytes - (start?.from ?? 0) };
}

/** A problem that would keep a file from being loaded, as far as its beginning shows it. */
async function problemOf(job: EncodeJob): Promise<string | undefined> {
  try {
    if (job.file.problem !== undefined) throw job.file.problem;
    const encoded = await encodeFile(job);
    if (encoded.change !== 'unchanged') {
      try {
        await encoded.blocks.next();
      } finally {
        await encoded.close();
      }
    }
    return undefined;
  } catch (error) {
    const { code, message, hint } = toTaskError(error);
    if (code === 'INTERNAL') throw error;
    return `${message} [${code}]${hint === undefined ? '' : `; ${hint}`}`;
  }
}

/** The versions after the files are loaded: changed content gets new ones. */
function afterLoading(
  { versions, ledger }: WarehouseState,
  files: readonly PlannedFile[],
  schema: string,
): Versions {
  const changed = new Set(
    files
      .filter(({ action }) => action !== 'keep')
      // A file that moves to another source changes the tables of both.
      .flatMap(({ file, source }) => [source, ledger.get(file)?.source ?? source])
      .map((name) => sourceTable({ schema, name })),
  );
  return {
    ...versions,
    files: new Map(
      [...versions.files].map(([id, version]) => [id, changed.has(id) ? 'changed' : version]),
    ),
  };
}
