// `daybook export`: the dashboard as static files, or one notebook as a PDF.

import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findBrowser } from '../../browser/find-browser.js';
import { DaybookError } from '../../errors.js';
import { audienceOf, everybody } from '../../server/access/audience.js';
import { loadAssets } from '../../server/parts/assets.js';
import { exportSite, type ExportOptions } from '../../server/export/export-site.js';
import { printPages } from '../../server/export/print-pages.js';
import { scheduledOf } from '../../schedules/operations-reader.js';
import { contentTypeOf } from '../../http/content-type.js';
import { isObjectAddress } from '../../storage/object-address.js';
import type { ObjectHeaders } from '../../storage/upload-folder.js';
import { createReaders } from '../../server/reading/readers/readers.js';
import { fillFolder } from '../../files/output-folder.js';
import { withTemporaryFolder } from '../../files/temporary-folder.js';
import { useLocale } from '../../text/locale.js';
import { openReader } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { fillAddress, sentText } from '../fill-address.js';
import { flag, textOption } from '../options.js';

/** `daybook export`. */
export const exportDashboard: Command = {
  usage: 'DIR|s3://BUCKET/PATH [--everything] [--pdf] | FILE.pdf --notebook NAME [--everything]',
  description:
    'Writes the published dashboard as files that need no server: every page with its history, the\n' +
    'pipeline, the data catalogue and the search. They work from any host, any path and from a disk.\n' +
    'Below s3://BUCKET/PATH only what changed is sent, and pages that are no more are removed.\n' +
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
      useLocale(config.project.locale, true);
      const options: Omit<ExportOptions, 'folder'> = {
        ...createReaders(reader.pool, config.project.schemas, scheduledOf(config)),
        assets: await loadAssets(config.project.theme),
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
      const write = async (folder: string) => ({
        files: await exportSite({ ...options, folder }),
        printed: browser === undefined ? undefined : await printPages(folder, browser),
      });
      const copy = { store: config.storage, address: target, headersOf, isLast: isPage, signal };
      const { files, printed, sent } = isObjectAddress(target)
        ? await fillAddress(copy, write)
        : { ...(await fillFolder(resolve(cwd, target), write)), sent: undefined };
      terminal.out(`${files} files in ${target}${sent === undefined ? '' : sentText(sent)}\n`);
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
  await withTemporaryFolder(async (folder) => {
    await exportSite({ ...options, folder });
    const [printed = ''] = await printPages(folder, browser);
    await copyFile(printed, file).catch((cause: unknown) => {
      throw new DaybookError('OUTPUT_UNWRITABLE', 'The file cannot be written', {
        where: file,
        cause,
      });
    });
  });
}

/** Names of assets hold a digest of their content. */
function headersOf(file: string): ObjectHeaders {
  const type = contentTypeOf(file) ?? 'application/octet-stream';
  const isText = /^text\/|json$|xml$/.test(type);
  return {
    contentType: isText ? `${type}; charset=utf-8` : type,
    cacheControl: /^assets\/.+\.[\w-]{20}\.\w+$/.test(file)
      ? 'max-age=31536000, immutable'
      : 'no-cache',
  };
}

/** Pages come after what they load, so that nobody sees one that lacks something. */
function isPage(file: string): boolean {
  return file.endsWith('.html');
}
