// `daybook dev`: the dashboard with rebuild on save.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../../errors.js';
import { packageFile } from '../../files/package-file.js';
import { stylesheetFolder } from '../../server/parts/assets.js';
import { startDashboard } from '../../server/dashboard.js';
import { openReader } from '../../warehouse/warehouse.js';
import { changedFiles } from './changed-files.js';
import type { Command, Invocation, Terminal } from '../command.js';
import { pathOption } from '../options.js';
import {
  dataOption,
  limitHelp,
  limitOptions,
  limitsOption,
  limitUsage,
} from '../pipeline/load-options.js';
import { refresh } from './refresh.js';
import { listenOptions, withAddress } from '../dashboard/serve.js';

/** Lines of an error that pages show. */
const maxProblemLines = 30;

/** `daybook dev`. */
export const dev: Command = {
  usage: `[--data DIR] ${limitUsage} [--host H] [--port N]`,
  description: `Serves the dashboard while you work on it. Saving a notebook, a model or a style sheet runs what that
changes, and open pages show it by themselves. What goes wrong stands on the pages and here.

${limitHelp}`,
  options: {
    data: dataOption,
    ...limitOptions,
    ...listenOptions,
  },
  async run(invocation) {
    const { values } = invocation;
    const config = withAddress(invocation);
    const data = pathOption(invocation, 'data');
    const limits = limitsOption(values);
    await develop({ ...invocation, config }, (terminal) =>
      refresh({ ...invocation, config, terminal, data, limits, trigger: 'dev' }).then(
        (exitCode) => exitCode === 0,
      ),
    );
    return 0;
  },
};

const sourcesOfStyles = packageFile('src/server/assets');
/** In Daybook's own repository the files that the build copies. */
const editedStyles = existsSync(sourcesOfStyles) ? sourcesOfStyles : stylesheetFolder;

/**
 * Serves the dashboard and repeats the work after each save, until the signal is aborted.
 *
 * @param work - Brings everything up to date; resolves to whether all passed.
 * @param styles - The folder of style sheets.
 */
export async function develop(
  {
    config,
    logger,
    signal,
    terminal,
  }: Pick<Invocation, 'config' | 'logger' | 'signal' | 'terminal'>,
  work: (terminal: Terminal) => Promise<boolean>,
  styles: string = editedStyles,
): Promise<void> {
  let problem: string | undefined;
  const reader = await openReader(config, { logger });
  try {
    const dashboard = await startDashboard({
      pool: reader.pool,
      config,
      logger,
      development: { styles, problem: () => problem },
    });
    terminal.out(`Daybook is served on ${dashboard.url}\n`);
    const run = async () => {
      problem = await problemOf(work, terminal, signal);
    };
    try {
      const folders = ['sql', 'notebooks'].map((name) => join(config.root, name));
      const saved = changedFiles([...folders, styles], signal);
      // Files saved during the first work are noticed afterwards.
      const first = saved.next();
      await run();
      for (let next = await first; next.done !== true; next = await saved.next()) {
        const isStyle = (file: string) => file.startsWith(styles);
        if (next.value.some(isStyle)) await dashboard.reload();
        if (!next.value.every(isStyle)) await run();
      }
    } finally {
      await dashboard.close();
    }
  } finally {
    await reader.close();
  }
}

/** Does the work; its output when it fails, undefined when it passes. */
async function problemOf(
  work: (terminal: Terminal) => Promise<boolean>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string | undefined> {
  let said = '';
  const listening: Terminal = {
    ...terminal,
    interactive: false,
    err: (text) => {
      said += text;
      terminal.err(text);
    },
  };
  try {
    if (await work(listening)) return undefined;
  } catch (error) {
    if (signal.aborted) return undefined;
    const words = describeError(error);
    terminal.err(`${words}\n`);
    return words;
  }
  return said.trim().split('\n').slice(-maxProblemLines).join('\n');
}
