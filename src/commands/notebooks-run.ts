import { resolve } from 'node:path';
import { codeVersion } from '../code-version.js';
import { summaryLine } from '../notebook/progress.js';
import { runNotebooks } from '../notebook/run-notebooks.js';
import type { Command } from './command.js';
import { notebookProgress } from './notebook-progress.js';
import { positiveNumber } from './number-option.js';

/** `daybook notebooks run`. */
export const notebooksRun: Command = {
  usage:
    '[PATH…] [--output FILE|DIR] [--jobs N] [--cell-timeout S] [--timeout S] [--allow-errors | --allow-error-names NAME,…] [--force] [--explain] [--no-publish] [--json]',
  description: `Runs notebooks from their first cell to their last, each on a kernel of its own, and publishes the
runs on the dashboard. PATH is a notebook or a folder of them; without any it is the whole
collection, notebooks/. A notebook that does not type-check is not run. One that fails does not stop
the others, and does not replace the page that is published.

A published notebook is left alone when nothing has changed that its last run depended on: its code,
the project's files that it imports, package-lock.json, Node.js and the kernel, its parameters, and the
rows of the tables that it read. When only its text changed the page is made anew without running it.

Exit code 1 when any notebook failed.`,
  options: {
    output: {
      type: 'string',
      placeholder: 'FILE|DIR',
      help: 'Write the executed notebooks here, failed ones too',
    },
    jobs: {
      type: 'string',
      placeholder: 'N',
      help: 'Notebooks at once; as many as cores if not set',
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
    force: { type: 'boolean', help: 'Run notebooks although nothing changed' },
    'no-cache': { type: 'boolean', help: 'The same as --force' },
    explain: { type: 'boolean', help: 'Say of each notebook why it is run, or that it is not' },
    'no-publish': { type: 'boolean', help: 'Leave the dashboard as it is' },
    json: { type: 'boolean', help: 'Print the report as JSON' },
  },
  positionals: { min: 0, max: Infinity },
  async run({ values, positionals, config, env, cwd, terminal, logger, signal }) {
    const seconds = (name: string) => {
      const value = positiveNumber(name, values[name]);
      return value === undefined ? undefined : value * 1000;
    };
    const jobs = positiveNumber('jobs', values['jobs']);
    const [cellTimeout, timeout] = [seconds('cell-timeout'), seconds('timeout')];
    const progress = notebookProgress(terminal);
    try {
      const report = await runNotebooks({
        config,
        env,
        paths: positionals.map((path) => resolve(cwd, path)),
        publish: values['no-publish'] !== true,
        allowErrors: values['allow-errors'] === true || names(values['allow-error-names']),
        ...(jobs === undefined ? {} : { jobs }),
        ...(cellTimeout === undefined ? {} : { cellTimeout }),
        ...(timeout === undefined ? {} : { timeout }),
        ...(typeof values['output'] === 'string' ? { output: resolve(cwd, values['output']) } : {}),
        codeVersion: await codeVersion(config.root, config.codeVersion),
        force: values['force'] === true || values['no-cache'] === true,
        onEvent: (event) => {
          if (values['explain'] === true && event.type === 'notebook-planned') {
            const { path, reason } = event;
            terminal.err(
              `${path}: ${reason === undefined ? 'unchanged' : `runs, because ${reason}`}\n`,
            );
          }
          progress.event(event);
        },
        signal,
        logger,
      });
      progress.end();
      terminal.err(`${summaryLine(report.notebooks, report.duration)}\n`);
      if (values['json'] === true) terminal.out(`${JSON.stringify(report)}\n`);
      return report.status === 'passed' ? 0 : 1;
    } finally {
      progress.end();
    }
  },
};

/** The names of a list with commas. */
function names(value: unknown): string[] {
  return typeof value === 'string'
    ? value
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
    : [];
}
