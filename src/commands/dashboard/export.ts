// `daybook export`: the dashboard as static files, or one notebook as a PDF.

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findBrowser } from '../../browser/find-browser.js';
import { DaybookError } from '../../errors.js';
import { audienceOf, everybody } from '../../server/access/audience.js';
import { loadAssets } from '../../server/parts/assets.js';
import { exportSite, type ExportOptions } from '../../server/export/export-site.js';
import { printPages } from '../../server/export/print-pages.js';
import { scheduledOf } from '../../schedules/operations-reader.js';
import { createReaders } from '../../server/reading/readers/readers.js';
import { fillFolder } from '../../files/output-folder.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { flag, textOption } from '../options.js';

/** `daybook export`. */
export const exportDashboard: Command = {
  usage: 'DIR [--everything] [--pdf] | FILE.pdf --notebook NAME [--everything]',
  description:
    'Writes the published dashboard as files that need no server: every page with its history, the\n' +
    'pipeline, the data catalogue and the search. They work from any host, any path and from a disk.\n' +
    'With --notebook it prints the page of that one to FILE.pdf, and writes nothing else.\n' +
    '\n' +
    'Where people sign in, only what is public is written: nobody signs in to a folder.',
  options: {
    everything: { type: 'boolean', help: 'Write what is not public, too' },
    pdf: { type: 'boolean', help: 'Print each notebook as a PDF, too; needs Chromium or Chrome' },
    notebook: {
      type: 'string',
      placeholder: 'NAME',
      help: 'Print this notebook alone; its name is the file’s, without .ipynb',
    },
  },
  positionals: { min: 1, max: 1 },
  run: async ({ config, values, positionals, env, cwd, logger, terminal, signal }) => {
    const [target = ''] = positionals;
    const notebook = textOption(values, 'notebook');
    if (target === '') throw new DaybookError('USAGE', 'daybook export: the folder is missing');
    if ((notebook !== undefined) !== target.endsWith('.pdf')) {
      throw new DaybookError('USAGE', 'daybook export: a PDF is made of one notebook', {
        hint: 'daybook export FILE.pdf --notebook NAME; for all of them: daybook export DIR --pdf',
      });
    }
    // Checked before the work.
    const isPrinted = notebook !== undefined || flag(values, 'pdf');
    const browser = isPrinted ? await findBrowser(env) : undefined;
    const { publicOrigin } = config.exposure;
    const reader = await openReader(config, { logger });
    try {
      const options: Omit<ExportOptions, 'folder'> = {
        ...createReaders(reader.pool, config.project.schemas, scheduledOf(config)),
        assets: await loadAssets(),
        audience:
          config.access.signIn.length === 0 || flag(values, 'everything')
            ? everybody
            : audienceOf(undefined, config.access),
        timeZone: config.reportTimeZone,
        site: config.project.site,
        publicAddress: publicOrigin === undefined ? undefined : publicOrigin + config.basePath,
        logger,
        signal,
      };
      if (notebook !== undefined && browser !== undefined) {
        await printNotebook({ ...options, notebook }, browser, resolve(cwd, target));
        terminal.out(`${notebook} printed to ${target}\n`);
        return 0;
      }
      const folder = resolve(cwd, target);
      const { files, printed } = await fillFolder(folder, async (unfinished) => ({
        files: await exportSite({ ...options, folder: unfinished }),
        printed: browser === undefined ? undefined : await printPages(unfinished, browser),
      }));
      terminal.out(`${files} files in ${target}\n`);
      if (printed !== undefined) {
        terminal.out(`${printed.length} of them printed as PDF, below notebooks/\n`);
      }
    } finally {
      await reader.close();
    }
    return 0;
  },
};

/** Prints the page of a notebook, which is exported to a temporary folder. */
async function printNotebook(
  options: Omit<ExportOptions, 'folder'>,
  browser: string,
  file: string,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-pdf-'));
  try {
    await exportSite({ ...options, folder });
    const [printed = ''] = await printPages(folder, browser);
    await copyFile(printed, file).catch((cause: unknown) => {
      throw new DaybookError('OUTPUT_UNWRITABLE', 'The file cannot be written', {
        where: file,
        cause,
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
