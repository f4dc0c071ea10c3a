// `daybook notebooks run`: options and output.

import { resolve } from 'node:path';
import { codeVersion } from '../../system/code-version.js';
import { sharedLine, summaryLine } from '../../notebook/report/progress.js';
import { readSources } from '../../notebook/collection/notebook-source.js';
import {
  givenParameters,
  type GivenParameters,
} from '../../notebook/parameters/given-parameters.js';
import { parameterHelp } from '../../notebook/collection/parameter-help.js';
import { runNotebooks } from '../../notebook/run-notebooks.js';
import type { NotebookRunSettings } from '../../notebook/run-settings.js';
import type { NotebookResult } from '../../notebook/report/run-report.js';
import { writeReport } from '../../notebook/report/write-report.js';
import { DaybookError } from '../../errors.js';
import { findUnfinishedCollection } from '../../publication/collection-runs.js';
import { Lineage } from '../../open-lineage/lineage.js';
import { withLineage } from '../../open-lineage/with-lineage.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command, ExitCode, Invocation } from '../command.js';
import { firstNotebook } from './notebooks-check.js';
import { notebookProgress } from '../terminal/progress-display.js';
import {
  flag,
  namesOption,
  numberOption,
  pathOption,
  sizeOption,
  textOption,
  textsOption,
} from '../options.js';
import { notifyOfNotebooks } from '../notify/notebooks-webhook.js';
import { Webhook, webhookOption } from '../notify/webhook.js';

/** `daybook notebooks run`. */
export const notebooksRun: Command = {
  usage:
    '[PATH…] [--output FILE|DIR] [-p NAME=VALUE]… [--matrix NAME=A,B]… [--params FILE] [--help-params] [--jobs N] [--memory SIZE] [--kernel-memory SIZE] [--cell-timeout S] [--timeout S] [--allow-errors | --allow-error-names NAME,… | --force-raise-errors] [--force | --failed | --resume RUN] [--explain] [--report FILE] [--webhook URL] [--publish | --no-publish] [--detach] [--json]',
  description: `Runs notebooks from their first cell to their last, each on a kernel of its own, and publishes the
runs on the dashboard. PATH is a notebook or a folder of them; without any it is the whole
collection, notebooks/. A notebook that does not type-check is not run. One that fails does not stop
the others, and does not replace the page that is published.

A published notebook is left alone when nothing has changed that its last run depended on: its code,
the project's files that it imports, package-lock.json, Node.js and the kernel, its parameters, and the
rows of the tables that it read. When only its text changed the page is made anew without running it.

A cell tagged "parameters" declares what may be given another value: const region: 'north' | 'south' = 'north';
Values are checked before anything runs. With --publish a run with other values gets a page of its own,
which later runs bring up to date like any other; \`notebooks unpublish\` takes it off again. Without, it
is a trial, unless such a page is there already.

--detach hands the run over to the workers (\`daybook worker\`), prints its number and ends; \`notebooks watch\`
follows it. All its notebooks read one snapshot, as in one process.`,
  failsWhen: 'any notebook failed',
  options: {
    output: {
      type: 'string',
      placeholder: 'FILE|DIR',
      help: 'Write the executed notebooks here, failed ones too',
    },
    jobs: {
      type: 'string',
      placeholder: 'N',
      help: 'Notebooks at once',
      default: 'as many as cores',
    },
    memory: {
      type: 'string',
      placeholder: 'SIZE',
      help: 'What kernels may take together, like 2G: others wait until there is room',
    },
    'kernel-memory': {
      type: 'string',
      placeholder: 'SIZE',
      help: 'End a kernel that takes more',
      default: 'as much as --memory',
    },
    'cell-timeout': {
      type: 'string',
      placeholder: 'S',
      help: 'Interrupt a cell after so many seconds',
    },
    timeout: { type: 'string', placeholder: 'S', help: 'Stop a notebook after so many seconds' },
    'allow-errors': { type: 'boolean', help: 'Go on after cells that fail' },
    'allow-error-names': {
      type: 'string',
      placeholder: 'NAME,…',
      help: 'Go on after cells that fail with one of these errors',
    },
    'force-raise-errors': {
      type: 'boolean',
      help: 'End a notebook at any error, also in cells that are tagged raises-exception',
    },
    param: {
      type: 'string',
      multiple: true,
      short: 'p',
      placeholder: 'NAME=VALUE',
      help: 'Give a parameter another value',
    },
    matrix: {
      type: 'string',
      multiple: true,
      placeholder: 'NAME=A,B,…',
      help: 'Run once for each value, and for each combination of several',
    },
    params: {
      type: 'string',
      placeholder: 'FILE',
      help: 'Read parameters from YAML or JSON: an object, or a list of them for several runs',
    },
    'help-params': {
      type: 'boolean',
      help: 'List the parameters of the notebooks, and run nothing',
    },
    force: { type: 'boolean', help: 'Run notebooks although nothing changed' },
    'no-cache': { type: 'boolean', help: 'The same as --force' },
    explain: {
      type: 'boolean',
      help: 'Say of each notebook why it is run or not, and what its choices share',
    },
    publish: { type: 'boolean', help: 'Give values that have no page yet one of their own' },
    'no-publish': { type: 'boolean', help: 'Leave the dashboard as it is' },
    failed: { type: 'boolean', help: 'Run only notebooks whose last run failed' },
    resume: {
      type: 'string',
      placeholder: 'RUN',
      help: 'Run again what failed in this run, or was not run; a number, or "last"',
    },
    detach: { type: 'boolean', help: 'Hand the run over to the workers, and print its number' },
    report: {
      type: 'string',
      placeholder: 'FILE',
      help: 'Write a report: JUnit XML to a name ending in .xml, else JSON',
    },
    webhook: webhookOption,
    json: { type: 'boolean', help: 'Print the report as JSON' },
  },
  positionals: { min: 0, max: Infinity },
  async run(invocation) {
    const { values, positionals, config, env, cwd, terminal, logger, signal } = invocation;
    const seconds = (name: string) => {
      const value = numberOption(values, name);
      return value === undefined ? undefined : value * 1000;
    };
    const jobs = numberOption(values, 'jobs');
    const [cellTimeout, timeout] = [seconds('cell-timeout'), seconds('timeout')];
    const together = sizeOption(values, 'memory');
    const each = sizeOption(values, 'kernel-memory') ?? together;
    const paths = positionals.map((path) => resolve(cwd, path));
    if (flag(values, 'help-params')) {
      terminal.out(await parameterHelp(await readSources(paths, config.root, env)));
      return 0;
    }
    if (flag(values, 'publish') && flag(values, 'no-publish')) {
      throw new DaybookError('USAGE', '--publish and --no-publish exclude each other');
    }
    const webhook = Webhook.of(values, config, logger);
    const parameters = await givenParameters({
      single: textsOption(values, 'param'),
      matrix: textsOption(values, 'matrix'),
      file: pathOption(invocation, 'params'),
    });
    const resumed = textOption(values, 'resume');
    const asked =
      resumed === undefined
        ? { paths, parameters, newPages: flag(values, 'publish') }
        : await unfinished(resumed, { values, positionals, config, logger });
    if (flag(values, 'detach')) {
      return handOver(invocation, asked, { cellTimeout, timeout });
    }
    const progress = notebookProgress(terminal);
    const version = await codeVersion(config.root, config.codeVersion);
    const lineage = new Lineage({ config, logger });
    try {
      const report = await withLineage(lineage.notebooks(), signal, (tell) =>
        runNotebooks({
          config,
          env,
          ...asked,
          publish: !flag(values, 'no-publish'),
          ...executionOf(values),
          jobs,
          memory: each === undefined ? undefined : { each, together: together ?? Infinity },
          cellTimeout,
          timeout,
          output: pathOption(invocation, 'output'),
          codeVersion: version,
          onEvent: (event) => {
            if (flag(values, 'explain') && event.type === 'notebook-planned') {
              const { path, reason } = event;
              terminal.err(
                `${path}: ${reason === undefined ? 'unchanged' : `runs, because ${reason}`}\n`,
              );
            }
            if (flag(values, 'explain') && event.type === 'choices-shared') {
              terminal.err(`${sharedLine(event)}\n`);
            }
            progress.event(event);
            tell(event);
          },
          signal,
          logger,
        }),
      );
      progress.end();
      terminal.err(`${summaryLine(report.notebooks, report.duration)}\n`);
      if (report.notebooks.length === 0 && paths.length === 0) terminal.err(`→ ${firstNotebook}\n`);
      if (report.status === 'failed' && report.run !== undefined) {
        terminal.err(
          `→ npx daybook notebooks run --resume ${report.run}  runs what failed again\n`,
        );
      }
      if (report.run !== undefined && report.notebooks.some(isTrial)) {
        terminal.err('→ --publish gives runs with other values pages of their own\n');
      }
      const reportFile = pathOption(invocation, 'report');
      if (reportFile !== undefined) await writeReport(reportFile, report);
      await notifyOfNotebooks(webhook, report);
      if (flag(values, 'json')) terminal.out(`${JSON.stringify(report)}\n`);
      return report.status === 'passed' ? 0 : 1;
    } finally {
      progress.end();
      await lineage.close();
    }
  },
};

/** What says how this process does the work, which others are to do. */
const ofThisProcess = [
  ...['output', 'jobs', 'memory', 'kernel-memory', 'no-publish', 'explain', 'report', 'webhook'],
];

/** `--detach`. */
async function handOver(
  invocation: Invocation,
  { paths = [], parameters = [{}], newPages = false, only }: AskedNotebooks,
  limits: Pick<NotebookRunSettings, 'cellTimeout' | 'timeout'>,
): Promise<ExitCode> {
  const { values, config, env, terminal, logger } = invocation;
  const other = ofThisProcess.find((name) => values[name] !== undefined);
  if (other !== undefined) {
    throw new DaybookError('USAGE', `--detach and --${other} exclude each other`);
  }
  const { handOverNotebooks } = await import('../../worker/hand-over-notebooks.js');
  const warehouse = await openWarehouse(config, { logger });
  try {
    const run = await handOverNotebooks(
      { pool: warehouse.owner, url: warehouse.ownerUrl, config, env, logger },
      {
        ...{ paths, parameters, newPages },
        execution: { ...executionOf(values), ...limits, only: only && [...only] },
      },
    );
    terminal.out(flag(values, 'json') ? `${JSON.stringify({ run })}\n` : `${run}\n`);
    terminal.err(`→ npx daybook notebooks watch ${run}  follows it\n`);
    return 0;
  } finally {
    await warehouse.close();
  }
}

/** How notebooks are executed, by the command line. */
function executionOf(values: Invocation['values']) {
  const names = namesOption(values, 'allow-error-names');
  return {
    allowErrors: flag(values, 'allow-errors') || names,
    forceRaiseErrors: flag(values, 'force-raise-errors'),
    force: flag(values, 'force') || flag(values, 'no-cache'),
    onlyFailed: flag(values, 'failed'),
  };
}

/** The notebooks that were asked for. */
type AskedNotebooks = Pick<NotebookRunSettings, 'paths' | 'parameters' | 'newPages' | 'only'>;

/** Whether a notebook ran with other values that have no page. */
function isTrial({ path, status, runId }: NotebookResult): boolean {
  return !path.endsWith('.ipynb') && status === 'passed' && runId === undefined;
}

/** The unfinished part of an earlier run, with its original request. */
async function unfinished(
  run: string,
  {
    values,
    positionals,
    config,
    logger,
  }: Pick<Invocation, 'values' | 'positionals' | 'config' | 'logger'>,
): Promise<AskedNotebooks> {
  const taken = ['param', 'matrix', 'params', 'failed', 'publish', 'no-publish'].filter(
    (name) => values[name] !== undefined,
  );
  if (positionals.length > 0 || taken.length > 0) {
    const what = positionals.length > 0 ? 'its notebooks' : `--${taken[0] ?? ''}`;
    throw new DaybookError('USAGE', `--resume takes ${what} from the run itself`);
  }
  const warehouse = await openWarehouse(config, { logger });
  try {
    const found = await findUnfinishedCollection(warehouse.owner, run);
    return {
      paths: found.paths.map((path) => resolve(config.root, path)),
      parameters: found.parameters as unknown as readonly GivenParameters[],
      newPages: found.newPages,
      only: found.notebooks,
    };
  } finally {
    await warehouse.close();
  }
}
