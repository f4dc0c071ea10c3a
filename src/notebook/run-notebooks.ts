import { availableParallelism } from 'node:os';
import { relative, sep } from 'node:path';
import type { Pool } from 'pg';
import type { Config, Environment } from '../config/config.js';
import { describeError } from '../errors.js';
import { silentLogger, type Logger } from '../logger.js';
import { notebookUser } from './execute/notebook-user.js';
import { removeLeftovers } from '../jupyter/leftovers.js';
import { readPublishedPages } from '../publication/published-pages.js';
import type { CellLimits } from './execute/cell-runner.js';
import { checkSources } from './type-check/check-sources.js';
import { openCollectionRecord } from './publish/collection-record.js';
import { heldBack, kernelEnvironment } from './execute/kernel-environment.js';
import { KernelMemory, type MemoryLimits } from './execute/kernel-memory.js';
import { notebookOrder } from './collection/notebook-order.js';
import { labelOf, outputFiles, readSources } from './collection/notebook-source.js';
import type { GivenParameters } from './parameters/given-parameters.js';
import { parameterizeSources } from './collection/parameterize-sources.js';
import { withPublishedVariants } from './collection/published-variants.js';
import { planRuns, type PlannedNotebook } from './plan/plan-runs.js';
import { runPlanned } from './run-planned.js';
import { scheduleRuns } from './execute/schedule-runs.js';
import {
  failedBefore,
  type NotebookResult,
  type RunEvent,
  type RunReport,
} from './report/run-report.js';
import type { checkInProcess } from './type-check/check-in-process.js';

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
  /** Values of parameters for each run of the notebooks that declare them. Default: one run, none. */
  readonly parameters?: readonly GivenParameters[];
  /** Runs notebooks although nothing that they depend on has changed. Default false. */
  readonly force?: boolean;
  /** Leaves notebooks alone whose last run passed, whatever has changed. Default false. */
  readonly onlyFailed?: boolean;
  /** Gives values that have no page yet one of their own. Default: only pages that are there are renewed. */
  readonly newPages?: boolean;
  /** Leaves other notebooks alone; paths from the root, with their variants. Default: none. */
  readonly only?: ReadonlySet<string>;
  /** Notebooks that run at once. Default: as many as there are cores. */
  readonly jobs?: number;
  /** How much memory kernels may take. Default: no limit. */
  readonly memory?: MemoryLimits;
  /** Milliseconds that one cell may take. Default: no limit. */
  readonly cellTimeout?: number;
  /** Milliseconds that one notebook may take. Default: no limit. */
  readonly timeout?: number;
  /** Goes on after cells that fail: all, or only with errors of these names. Default false. */
  readonly allowErrors?: boolean | readonly string[];
  /** Ends a notebook at any error, whatever is allowed and tagged. Default false. */
  readonly forceRaiseErrors?: boolean;
  /** Where executed notebooks are written, absolute: a file ending in `.ipynb`, or a folder. */
  readonly output?: string;
  /** The version of the project's code. */
  readonly codeVersion?: string | undefined;
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops all kernels; what was executed is still written to the output. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  /** The type check. Default: in a process of its own. */
  readonly check?: typeof checkInProcess;
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
  const { config, paths = [], publish = true, logger = silentLogger } = options;
  const { onEvent = () => undefined } = options;
  const began = performance.now();
  options.signal?.throwIfAborted();
  const { parameters = [{}], newPages = false } = options;
  const asked = await parameterizeSources(
    await readSources(paths, config.root, options.env),
    parameters,
    options.env,
  );
  const outputs = outputFiles(options.output, asked, config.root);
  const [warehouse] = await Promise.all([openFor(options), removeLeftovers()]);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    const owner = publish ? warehouse.owner : undefined;
    const pages = owner === undefined ? [] : await readPublishedPages(owner);
    const hasValues = parameters.some((given) => Object.keys(given).length > 0);
    const all = hasValues ? asked : await withPublishedVariants(asked, pages, options.env);
    const sources = all.filter((source) => options.only?.has(labelOf(source)) ?? true);
    onEvent({ type: 'run-start', paths: sources.map(labelOf) });
    // Before anything that takes its time: what is killed from here on can be resumed.
    await using record = await openCollectionRecord(
      owner,
      {
        paths: paths.map((path) => relative(config.root, path).split(sep).join('/')),
        ...{ parameters, newPages },
      },
      [...new Set(sources.map(labelOf))],
      config.keepNotebookRuns,
    );
    await using publication =
      owner === undefined
        ? undefined
        : await (
            await import('./publish/publication.js')
          ).openPublication(owner, {
            root: config.root,
            loadedSchema: config.project.schemas.loaded,
            sources,
            pages,
            newPages,
            logger,
          });
    const planned = await planRuns(
      sources,
      publication && ((source, code) => publication.reason(source, code)),
      options,
    );
    const isWanted = (plan: PlannedNotebook) => options.onlyFailed !== true || hasFailed(plan);
    const plans = planned.filter(isWanted);
    await record.leaveOut(
      planned.filter((plan) => !isWanted(plan)).map(({ source }) => labelOf(source)),
    );
    const checks = checkSources(plans, {
      home: config.home,
      force: options.force === true,
      env: options.env,
      signal,
      ...(options.check === undefined ? {} : { check: options.check }),
    });
    const environmentOf = ({ source: { path, content, secretNames } }: PlannedNotebook) => {
      const env = kernelEnvironment(options.env, config, warehouse.readerUrl, secretNames);
      const missing = 'notebook' in content ? heldBack(content.notebook, options.env, env) : [];
      if (missing.length > 0) {
        const names = missing.join(',');
        logger.warn(
          `${path} reads what notebooks do not get: DAYBOOK_NOTEBOOK_ENV=${names} gives it`,
        );
      }
      return env;
    };
    const user = notebookUser(config);
    const jobs = Math.max(1, options.jobs ?? availableParallelism());
    const order = notebookOrder(plans.map(({ source }) => source));
    const before = ({ source }: PlannedNotebook) =>
      plans.filter((other) => order.get(source)?.before.includes(other.source));
    const failed = new Set<PlannedNotebook>();
    using memory = options.memory === undefined ? undefined : new KernelMemory(options.memory);
    const schedule = { jobs, after: before, hasRoom: () => memory?.hasRoom() ?? true };
    const notebooks = await scheduleRuns(plans, schedule, async (plan) => {
      try {
        const result = await runPlanned(plan, {
          ...options,
          user,
          memory,
          circle: order.get(plan.source)?.circle,
          failedBefore: before(plan).find((other) => failed.has(other))?.source,
          env: environmentOf(plan),
          signal,
          output: outputs.get(plan.source),
          publication,
          checked: checks.of(plan),
        });
        if (!hasPassed(result)) failed.add(plan);
        await record.ended(result);
        onEvent({ type: 'notebook-end', result });
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
    if (paths.length === 0) await publication?.retireMissing();
    const status = notebooks.every((result) => hasPassed(result)) ? 'passed' : 'failed';
    await record.close(status);
    // They are for others who are sent a link: without an address to be reached under there are none.
    if (owner !== undefined && config.exposure.publicOrigin !== undefined) {
      const { makeLinkPictures } = await import('./publish/link-pictures.js');
      await makeLinkPictures(owner, options.env, logger);
    }
    return {
      status,
      run: record.run,
      notebooks,
      duration: performance.now() - began,
    };
  } finally {
    await warehouse.close();
  }
}

function hasPassed({ status }: NotebookResult): boolean {
  return status === 'passed' || status === 'unchanged';
}

function hasFailed({ reason, code }: PlannedNotebook): boolean {
  return reason === failedBefore || code === undefined;
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
  if (!publish && config.databaseUrl === undefined && config.notebookUser === undefined) {
    return { owner: undefined, readerUrl: undefined, close: () => Promise.resolve() };
  }
  // Postgres's client takes its time to load, and not every run needs it.
  const { openReader, openWarehouse } = await import('../warehouse/warehouse.js');
  if (publish) return openWarehouse(config, { logger });
  const reader = await openReader(config, { logger });
  return { owner: undefined, readerUrl: reader.url, close: () => reader.close() };
}
