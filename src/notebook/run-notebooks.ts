// This folder runs notebooks: from files (collection/, parameters/) over the plan (plan/) and the type check
// (type-check/) to the kernel (execute/), the dashboard (publish/) and the report (report/). docs/architecture.md
// follows a run from file to file.

import { availableParallelism } from 'node:os';
import { relative, sep } from 'node:path';
import type { Pool } from 'pg';
import type { Environment } from '../config/environment/env-file.js';
import { describeError } from '../errors.js';
import { removeLeftovers } from '../jupyter/leftovers.js';
import { silentLogger } from '../logger.js';
import { describeInWarehouse } from '../row-types/describe-in-warehouse.js';
import { readPublishedPages, type PublishedPage } from '../publication/published-pages.js';
import { notebookOrder } from './collection/notebook-order.js';
import {
  labelOf,
  outputFiles,
  readSources,
  type NotebookSource,
} from './collection/notebook-source.js';
import { parameterizeSources } from './collection/parameterize-sources.js';
import { publishedVariants } from './collection/published-variants.js';
import { OptionReader } from './collection/option-reader.js';
import { asState, withChoiceStates, type ChoiceStates } from './collection/choice-states.js';
import { kernelEnvironment, withheldNames } from './execute/kernel-environment.js';
import { KernelMemory } from './execute/kernel-memory.js';
import { notebookUser } from './execute/notebook-user.js';
import { scheduleRuns } from './execute/schedule-runs.js';
import type { NotebookSharing } from './notebook-sharing.js';
import { planRuns, type PlannedNotebook } from './plan/plan-runs.js';
import { openCollectionRecord } from './publish/collection-record.js';
import type { Publication } from './publish/publication.js';
import { failedBefore, type NotebookResult, type RunReport } from './report/run-report.js';
import { runPlanned, type SharedRun } from './run-planned.js';
import type { NotebookRunSettings } from './run-settings.js';
import { checkInProcess } from './type-check/check-in-process.js';
import { checkSources } from './type-check/check-sources.js';
import { describingCheck } from './type-check/describing-check.js';

/**
 * Runs notebooks concurrently, and publishes their runs. A failed one does not stop the others.
 *
 * @param sharing - The other processes that execute them. Default: this one does.
 * @returns The results; `failed` when any failed.
 * @throws DaybookError when a notebook is missing, the warehouse is unavailable, or an output cannot be written;
 *   the signal's reason when that was aborted.
 */
export async function runNotebooks(
  settings: NotebookRunSettings,
  sharing?: NotebookSharing,
): Promise<RunReport> {
  const { config, env, paths = [], parameters = [{}], newPages = false, onEvent } = settings;
  const { logger = silentLogger } = settings;
  const began = performance.now();
  settings.signal?.throwIfAborted();
  const files = await readSources(paths, config.root, env);
  const asked = await parameterizeSources(files, parameters, env);
  // Said before anything is opened.
  outputFiles(settings.output, asked, config.root);
  const [warehouse] = await Promise.all([openFor(settings), removeLeftovers()]);
  try {
    const { owner } = warehouse;
    const pages = owner === undefined ? [] : await readPublishedPages(owner);
    const { sources, gone } = await sourcesOfRun({ files, asked, pages }, warehouse, settings);
    // Pages of other values are renewed along with what was asked for; the choices of a notebook are it.
    const written = sources.filter(
      (source) => source.state !== undefined || source.variant === '' || asked.includes(source),
    );
    const outputs = outputFiles(settings.output, written, config.root);
    onEvent?.({ type: 'run-start', paths: sources.map(labelOf) });
    // Recorded before anything slow: a run that is killed from here on can be resumed.
    const labels = [...new Set(sources.map(labelOf))];
    await using record =
      (await sharing?.openRecord(labels)) ??
      (await openCollectionRecord(
        owner,
        {
          paths: paths.map((path) => relative(config.root, path).split(sep).join('/')),
          ...{ parameters, newPages },
        },
        labels,
        config.keepNotebookRuns,
      ));
    await using publication =
      owner === undefined
        ? undefined
        : await openPublication(owner, sources, pages, settings, sharing);
    const done: SharedRun['done'] = (await sharing?.readDone()) ?? new Map();
    const planned = await planRuns(
      sources,
      publication && ((source, code) => publication.reasonToRun(source, code)),
      { ...settings, done },
    );
    const isWanted = (plan: PlannedNotebook) => settings.onlyFailed !== true || hasFailed(plan);
    const plans = planned.filter(isWanted);
    await record.leaveOut(
      planned.filter((plan) => !isWanted(plan)).map(({ source }) => labelOf(source)),
    );
    const notebooks = await runAll(plans, settings, {
      ...{ publication, outputs, done, sharing, readerUrl: warehouse.readerUrl },
      onResult: async (result) => {
        await record.add(result);
        onEvent?.({ type: 'notebook-end', result });
      },
    });
    await publication?.retire(gone);
    if (paths.length === 0) await publication?.retireMissing();
    const status = notebooks.every(hasPassed) ? 'passed' : 'failed';
    await record.close(status);
    // Preview images need a public address.
    if (owner !== undefined && config.exposure.publicOrigin !== undefined) {
      const { makeLinkPictures } = await import('./publish/link-pictures.js');
      await makeLinkPictures(owner, env, logger);
    }
    return { status, run: record.run, notebooks, duration: performance.now() - began };
  } finally {
    await warehouse.close();
  }
}

/** The requested notebooks with their published variants and the combinations of their choices. */
async function sourcesOfRun(
  { files, asked, pages }: KnownSources,
  { owner, readerUrl }: OpenWarehouse,
  { env, parameters = [{}], only, newPages = false, logger = silentLogger }: NotebookRunSettings,
): Promise<ChoiceStates> {
  const isWanted = (source: NotebookSource) => only?.has(labelOf(source)) ?? true;
  if (owner === undefined) return { sources: asked.filter(isWanted), gone: [] };
  await using options = new OptionReader(readerUrl ?? '', logger);
  const readOptions = options.read.bind(options);
  const expand = (sources: readonly NotebookSource[]) =>
    withChoiceStates(sources, { pages, env, readOptions });
  const hasValues = parameters.some((given) => Object.keys(given).length > 0);
  if (hasValues) {
    const { sources } = await expand(files);
    // Other values are a trial unless their page was asked for.
    const states = newPages ? sources : sources.filter(({ state }) => state === undefined);
    return {
      sources: asked.map((source) => asState(source, states)).filter(isWanted),
      gone: [],
    };
  }
  const { sources, gone } = await expand(asked);
  const others = pages.filter(({ slug }) => !sources.some((source) => source.slug === slug));
  const variants = await publishedVariants(asked, others, env);
  return { sources: [...sources, ...variants].filter(isWanted), gone };
}

/** The notebooks of a run and what is published. */
interface KnownSources {
  /** As they are in their files. */
  readonly files: readonly NotebookSource[];
  /** With the values of the run. */
  readonly asked: readonly NotebookSource[];
  readonly pages: readonly PublishedPage[];
}

async function openPublication(
  owner: Pool,
  sources: readonly NotebookSource[],
  pages: readonly PublishedPage[],
  { config, newPages = false, logger = silentLogger }: NotebookRunSettings,
  sharing: NotebookSharing | undefined,
): Promise<Publication> {
  const { Publication } = await import('./publish/publication.js');
  return Publication.open(owner, {
    root: config.root,
    loadedSchema: config.project.schemas.loaded,
    ...{ sources, pages, newPages, logger },
    onSnapshot: sharing?.useSnapshot.bind(sharing),
  });
}

/** Options of {@link runAll}. */
interface CollectionRun {
  readonly publication: Publication | undefined;
  readonly done: SharedRun['done'];
  readonly sharing: NotebookSharing | undefined;
  /** The output files of executed notebooks. */
  readonly outputs: ReadonlyMap<NotebookSource, string>;
  readonly readerUrl: string | undefined;
  /** Called when a notebook has ended, before another starts. */
  readonly onResult: (result: NotebookResult) => Promise<void>;
}

/** Runs the notebooks in the order of their dependencies, concurrently. */
async function runAll(
  plans: readonly PlannedNotebook[],
  settings: NotebookRunSettings,
  { publication, done, sharing, outputs, readerUrl, onResult }: CollectionRun,
): Promise<NotebookResult[]> {
  const { config, env, jobs = availableParallelism(), logger = silentLogger } = settings;
  const stop = new AbortController();
  // Others that read the snapshot can be given it no more when it is lost; those of this process have it already.
  const lost = sharing && publication?.lost;
  const given = [settings.signal, lost].filter((one) => one !== undefined);
  const signal = AbortSignal.any([stop.signal, ...given]);
  const { home } = config;
  const { force = false } = settings;
  const { check = describingCheck(config.root, describeInWarehouse(config), checkInProcess) } =
    settings;
  // Workers take notebooks one by one.
  const first = sharing === undefined ? firstChoices(plans) : new Map<never, never>();
  const toCheck = plans.filter((plan) => checkedWith(plan, first) === plan);
  const checks = checkSources(toCheck, { home, force, env, signal, check });
  const user = notebookUser(config);
  const order = notebookOrder(plans.map(({ source }) => source));
  const before = ({ source }: PlannedNotebook) =>
    plans.filter((other) => order.get(source)?.before.includes(other.source));
  const failed = new Set<PlannedNotebook>();
  using memory = settings.memory === undefined ? undefined : new KernelMemory(settings.memory);
  const shared = { settings, signal, user, memory, publication, done, sharing, ready: new Map() };
  const schedule = {
    jobs: Math.max(1, jobs),
    after: (plan: PlannedNotebook) => {
      const one = first.get(plan);
      return one === undefined || one === plan ? before(plan) : [...before(plan), one];
    },
    hasRoom: () => memory?.hasRoom() ?? true,
  };
  const results = await scheduleRuns(plans, schedule, async (plan) => {
    try {
      const turn = {
        ...{
          plan,
          env: environmentOf(plan, settings, readerUrl),
          checked: checks.of(checkedWith(plan, first)),
        },
        output: outputs.get(plan.source),
        others: plans.filter((other) => other !== plan && first.get(other) === plan),
        cycle: order.get(plan.source)?.cycle,
        failedBefore: before(plan).find((other) => failed.has(other))?.source,
      };
      const result = await runPlanned(turn, shared);
      if (!hasPassed(result)) failed.add(plan);
      await onResult(result);
      return result;
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  });
  signal.throwIfAborted();
  await checks.save().catch((error: unknown) => {
    logger.debug(`the type checks cannot be remembered: ${describeError(error)}`);
  });
  return results;
}

/** For each notebook with choices that is run, the first of these: the others run on its kernel, as far as they can. */
function firstChoices(
  plans: readonly PlannedNotebook[],
): ReadonlyMap<PlannedNotebook, PlannedNotebook> {
  const first = new Map<string, PlannedNotebook>();
  return new Map(
    plans.flatMap((plan) => {
      const { source, reason, runnable } = plan;
      if (source.chosen === undefined || reason === undefined || runnable === undefined) return [];
      const one = first.get(source.file) ?? plan;
      first.set(source.file, one);
      return [[plan, one] as const];
    }),
  );
}

/** The notebook whose check says what is wrong with one: of choices of one type, the first is checked. */
function checkedWith(
  plan: PlannedNotebook,
  first: ReadonlyMap<PlannedNotebook, PlannedNotebook>,
): PlannedNotebook {
  return plan.source.chosen?.isOneType === true ? (first.get(plan) ?? plan) : plan;
}

/** The environment of a notebook's kernel; warns about variables that its code mentions and does not get. */
function environmentOf(
  { source, runnable }: PlannedNotebook,
  { config, env, logger = silentLogger }: NotebookRunSettings,
  readerUrl: string | undefined,
): Environment {
  const given = kernelEnvironment(env, config, readerUrl, source.secretNames);
  const missing = runnable === undefined ? [] : withheldNames(runnable.notebook, env, given);
  if (missing.length > 0) {
    const names = missing.join(',');
    logger.warn(
      `${source.path} reads what notebooks do not get: DAYBOOK_NOTEBOOK_ENV=${names} gives it`,
    );
  }
  return given;
}

function hasPassed({ status }: NotebookResult): boolean {
  return status === 'passed' || status === 'unchanged';
}

function hasFailed({ reason, runnable }: PlannedNotebook): boolean {
  return reason === failedBefore || runnable === undefined;
}

interface OpenWarehouse {
  /** Undefined: nothing is published. */
  readonly owner: Pool | undefined;
  /** Undefined: notebooks open the embedded Postgres on demand. */
  readonly readerUrl: string | undefined;
  close(): Promise<void>;
}

async function openFor(settings: NotebookRunSettings): Promise<OpenWarehouse> {
  const { config, warehouse, publish = true, logger = silentLogger } = settings;
  if (warehouse !== undefined) {
    const { owner, readerUrl } = warehouse;
    return { owner: publish ? owner : undefined, readerUrl, close: () => Promise.resolve() };
  }
  if (!publish && config.databaseUrl === undefined && config.notebookUser === undefined) {
    return { owner: undefined, readerUrl: undefined, close: () => Promise.resolve() };
  }
  // Postgres's client is slow to load, and not every run needs it.
  const { openReader, openWarehouse } = await import('../warehouse/warehouse.js');
  if (publish) return openWarehouse(config, { logger });
  const reader = await openReader(config, { logger });
  return { owner: undefined, readerUrl: reader.url, close: () => reader.close() };
}
