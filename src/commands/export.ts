import { resolve } from 'node:path';
import { DaybookError } from '../errors.js';
import { audienceOf, everybody } from '../server/access/audience.js';
import { loadAssets } from '../server/assets.js';
import { exportSite } from '../server/export-site.js';
import { findBrowser, printPages } from '../server/print-pages.js';
import { createReaders } from '../server/readers/readers.js';
import { openReader } from '../warehouse/warehouse.js';
import type { Command } from './command.js';

/** `daybook export`: the dashboard as static files. */
export const exportDashboard: Command = {
  usage: 'DIR [--everything] [--pdf]',
  description:
    'Writes the published dashboard as files that need no server: every page with its history, the\n' +
    'pipeline, the data catalogue and the search. They work from any host, any path and from a disk.\n' +
    '\n' +
    'Where people sign in, only what is public is written: nobody signs in to a folder.',
  options: {
    everything: { type: 'boolean', help: 'Write what is not public, too' },
    pdf: { type: 'boolean', help: 'Print each notebook as a PDF, too; needs Chromium or Chrome' },
  },
  positionals: { min: 1, max: 1 },
  run: async ({ config, values, positionals, env, cwd, logger, terminal }) => {
    const [folder = ''] = positionals;
    if (folder === '') throw new DaybookError('USAGE', 'daybook export: the folder is missing');
    // Before the work, not after it.
    const browser = values['pdf'] === true ? await findBrowser(env) : undefined;
    const reader = await openReader(config, { logger });
    try {
      const count = await exportSite({
        ...createReaders(reader.pool),
        assets: await loadAssets(),
        audience:
          config.access.signIn.length === 0 || values['everything'] === true
            ? everybody
            : audienceOf(undefined, config.access),
        timeZone: config.reportTimeZone,
        folder: resolve(cwd, folder),
        logger,
      });
      terminal.out(`${count} files in ${folder}\n`);
      if (browser !== undefined) {
        const printed = await printPages(resolve(cwd, folder), browser);
        terminal.out(`${printed.length} of them printed as PDF, below notebooks/\n`);
      }
    } finally {
      await reader.close();
    }
    return 0;
  },
};
