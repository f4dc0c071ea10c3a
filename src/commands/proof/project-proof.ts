// The steps of `daybook test`: models, types, notebooks, links, the project's own tests.

import { join } from 'node:path';
import { describeError } from '../../errors.js';
import { makeFolder } from '../../files/make-folder.js';
import type { PipelineReport } from '../../history/reports/pipeline-report.js';
import { lastDataDir } from '../../history/runs/run-history.js';
import { silentLogger } from '../../logger.js';
import { findNotebooks } from '../../notebook/collection/notebook-source.js';
import { failureMessage } from '../../notebook/report/failure-message.js';
import { runNotebooks } from '../../notebook/run-notebooks.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { readProject } from '../../pipeline/project/read-project.js';
import { declareFirst } from '../../pipeline/project/read-sources.js';
import { runPipeline } from '../../pipeline/run-pipeline.js';
import { projectTypesProblem } from '../../pipeline/table-types/types-problem.js';
import { everybody } from '../../server/access/audience.js';
import { exportSite } from '../../server/export/export-site.js';
import { loadAssets } from '../../server/parts/assets.js';
import { createReaders } from '../../server/reading/readers/readers.js';
import { countOf, formatCount } from '../../text/amounts.js';
import type { Invocation } from '../command.js';
import {
  checkNotebooks,
  firstNotebook,
  formatFinding,
  problemLines,
} from '../notebooks/notebooks-check.js';
import { findOrMakeLogs } from '../pipeline/log-folder.js';
import { eventLines } from '../terminal/pipeline-lines.js';
import { checkLinks } from './broken-links.js';
import { withOwnWarehouse, type OwnWarehouse } from './own-warehouse.js';
import { runProjectTests } from './project-tests.js';

/** One part of the proof. */
export interface ProvenStep {
  readonly name: 'models' | 'types' | 'notebooks' | 'links' | 'tests';
  readonly outcome: 'passed' | 'failed' | 'left out';
  /** What was looked at; why it was left out, and what to do about it. */
  readonly detail: string;
  /** What is wrong. */
  readonly problems: readonly string[];
  /** Milliseconds. */
  readonly duration: number;
}

type Outcome = Pick<ProvenStep, 'detail'> & {
  readonly problems?: readonly string[];
  readonly isLeftOut?: boolean;
};

/** What the proof works with. */
type ProofSettings = Pick<Invocation, 'config' | 'env' | 'signal'> & {
  /** Told of each step when it has ended. */
  readonly onStep: (step: ProvenStep) => void;
};

/**
 * Proves a project in a warehouse of its own, on its sample logs: models parse, build and pass their tests; notebooks
 * type-check and run; the links of pages lead somewhere; and the tests that it has itself. A step that fails does
 * not keep the others from being tried.
 *
 * @returns Whether none failed.
 * @throws DaybookError when there can be no warehouse; the reason of the signal.
 */
export async function proveProject(settings: ProofSettings): Promise<boolean> {
  const { config, signal, onStep } = settings;
  let hasFailed = false;
  const step = async (name: ProvenStep['name'], work: () => Promise<Outcome>) => {
    const started = performance.now();
    const {
      detail,
      problems = [],
      isLeftOut = false,
    } = await work().catch((error: unknown): Outcome => {
      signal.throwIfAborted();
      return { detail: 'it cannot be done', problems: [describeError(error)] };
    });
    const outcome = problems.length > 0 ? 'failed' : isLeftOut ? 'left out' : 'passed';
    hasFailed ||= outcome === 'failed';
    onStep({ name, outcome, detail, problems, duration: performance.now() - started });
  };
  await withOwnWarehouse(config, async (own) => {
    await Promise.all([
      step('models', () => buildModels(own, settings)),
      // Another process works at these meanwhile.
      step('types', () => checkTypes(settings)),
    ]);
    // Without tables each of the others would fail for that alone.
    const isBuilt = (await lastDataDir(own.warehouse.reader)) !== undefined;
    for (const [name, work] of [
      ['notebooks', executeNotebooks],
      ['links', followLinks],
      ['tests', runTests],
    ] as const) {
      await step(name, () => (isBuilt ? work(own, settings) : Promise.resolve(noTables)));
    }
  });
  return !hasFailed;
}

const noTables: Outcome = { isLeftOut: true, detail: 'no tables were built' };

const noSampleLogs =
  'sampleLogs in daybook.config.ts names none; put a few lines of each source into sample-logs/ and name it there';

async function buildModels(own: OwnWarehouse, { signal }: ProofSettings): Promise<Outcome> {
  const { config, warehouse } = own;
  const { schemas } = config.project;
  const { models, sources } = await readProject(config.root, schemas);
  if (sources.length === 0) return { isLeftOut: true, detail: declareFirst(schemas.loaded) };
  if (config.project.sampleLogs === undefined) {
    return {
      isLeftOut: true,
      detail: `${countOf(models.length, 'model')} parsed, none built: ${noSampleLogs}`,
    };
  }
  const logger = silentLogger;
  const dataDir = await findOrMakeLogs(config, { pool: warehouse.owner, logger, signal });
  const report = await runPipeline({
    ...{ warehouse, config, dataDir, signal, logger },
    trigger: 'test',
    writeTypes: false,
  });
  const { loaded, rejected } = report.lines;
  const logs = `${countOf(loaded, 'line')} of sample logs, ${formatCount(rejected)} rejected`;
  const isPassed = report.status === 'passed';
  return {
    detail: `${countOf(models.length, 'model')}${isPassed ? ' built and tested' : ''} on ${logs}`,
    problems: isPassed ? [] : failureLines(report),
  };
}

/** What failed of a run, as a run says it. */
function failureLines(report: PipelineReport): string[] {
  const lines = [
    ...report.files
      .filter(({ status }) => status === 'failed')
      .flatMap((file) => eventLines({ type: 'file_finished', ...file })),
    ...report.models
      .filter(({ status }) => status === 'failed' || status === 'upstream_failed')
      .flatMap((model) => eventLines({ type: 'model_finished', ...model })),
  ];
  return lines.length > 0 ? lines : eventLines({ type: 'run_finished', report });
}

/** Of what is published and what is not: both are to be right. */
async function checkTypes({ config, env, signal }: ProofSettings): Promise<Outcome> {
  const folders = ['notebooks', 'exploration'].map((name) => join(config.root, name));
  const paths = (
    await Promise.all(folders.map((folder) => findNotebooks([folder], config.root).catch(() => [])))
  ).flat();
  if (paths.length === 0) return { isLeftOut: true, detail: firstNotebook };
  const outdated = await projectTypesProblem(config);
  const checked = await checkNotebooks(paths, { config, env, signal });
  const errors = checked.findings.filter(({ severity }) => severity === 'error');
  return {
    detail: countOf(checked.sources, 'notebook'),
    problems: [...outdatedLines(outdated), ...problemLines(checked), ...errors.map(formatFinding)],
  };
}

function outdatedLines(outdated: string | undefined): string[] {
  return outdated === undefined
    ? []
    : [outdated, '→ npx daybook pipeline run  writes it; commit it'];
}

async function executeNotebooks(own: OwnWarehouse, settings: ProofSettings): Promise<Outcome> {
  const { config, warehouse } = own;
  const { env, signal } = settings;
  const paths = await findNotebooks([], config.root);
  if (paths.length === 0) return { isLeftOut: true, detail: firstNotebook };
  const { notebooks } = await runNotebooks({
    ...{ config, warehouse, signal, logger: silentLogger },
    env: { ...env, ...warehouseVariables(own) },
    // A proof writes nothing into the project, so no types of queries either.
    check: checkInProcess,
  });
  const failed = notebooks.filter(({ status }) => status === 'failed');
  return {
    detail: `${formatCount(notebooks.length - failed.length)} of ${countOf(notebooks.length, 'notebook')} passed`,
    problems: failed.flatMap((result) => failureMessage(result).split('\n')),
  };
}

/** Reads the pages as a static copy of the dashboard has them. */
async function followLinks(
  { config, warehouse }: OwnWarehouse,
  { signal }: ProofSettings,
): Promise<Outcome> {
  const folder = join(config.home, 'pages');
  makeFolder(folder);
  await exportSite({
    ...createReaders(warehouse.reader, config.project.schemas),
    assets: await loadAssets(config.project.theme),
    audience: everybody,
    timeZone: config.reportTimeZone,
    site: config.project.site,
    publicAddress: undefined,
    folder,
    signal,
  });
  const { pages, links, broken } = await checkLinks(folder);
  return { detail: `${countOf(links, 'link')} on ${countOf(pages, 'page')}`, problems: broken };
}

async function runTests(own: OwnWarehouse, { env, signal }: ProofSettings): Promise<Outcome> {
  const { root } = own.config;
  const { files, passed, output } = await runProjectTests(root, {
    env: { ...env, ...warehouseVariables(own) },
    signal,
  });
  if (files === 0) {
    return {
      isLeftOut: true,
      detail: 'tests/ has none yet; tests/NAME.test.ts with node:test is one',
    };
  }
  return {
    detail: countOf(files, 'file'),
    problems: passed ? [] : failedTests(output).split('\n'),
  };
}

/** Node.js's runner says what failed once more at its end. */
function failedTests(output: string): string {
  const end = output.lastIndexOf('✖ failing tests:');
  return (end < 0 ? output : output.slice(end)).trim();
}

/** What leads processes to this warehouse, whatever the project's `.env` says. */
function warehouseVariables({ config, warehouse }: OwnWarehouse): Record<string, string> {
  return {
    DATABASE_URL: warehouse.ownerUrl,
    DAYBOOK_READER_URL: warehouse.readerUrl,
    DAYBOOK_HOME: config.home,
  };
}
