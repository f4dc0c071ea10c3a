// PDF files of notebook pages, printed by a browser.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { ClosedBrowser, type PageFiles } from '../../browser/closed-browser.js';
import { DaybookError } from '../../errors.js';

/**
 * Prints the notebook pages of an exported copy, each as a PDF beside its file. The browser can read the copy's
 * files only.
 *
 * @param folder - The copy; see {@link exportSite}.
 * @param program - The browser; see `findBrowser`.
 * @returns The files that were written.
 * @throws DaybookError `PRINT_FAILED`.
 */
export async function printPages(folder: string, program: string): Promise<string[]> {
  const notebooks = join(folder, 'notebooks');
  const pages = (await readdir(notebooks).catch(() => [])).filter((name) => name.endsWith('.html'));
  const browser = await ClosedBrowser.open(program).catch((cause: unknown) => {
    throw new DaybookError('PRINT_FAILED', 'The browser did not start', {
      where: program,
      cause,
      hint: `Try it by hand: ${program} --headless --print-to-pdf=page.pdf PAGE`,
    });
  });
  try {
    const written: string[] = [];
    for (const page of pages.sort()) {
      const path = `/notebooks/${encodeURIComponent(page)}`;
      const pdf = await browser.print(path, filesBelow(folder)).catch((cause: unknown) => {
        throw new DaybookError('PRINT_FAILED', 'The browser did not print the page', {
          where: page,
          cause,
        });
      });
      const file = join(notebooks, page.replace(/\.html$/, '.pdf'));
      await writeFile(file, pdf);
      written.push(file);
    }
    return written;
  } finally {
    await browser.close();
  }
}

/** Serves the files of a folder, and none outside of it. */
function filesBelow(folder: string): PageFiles {
  return async (path) => {
    const file = resolve(folder, `.${path}`);
    if (!file.startsWith(folder + sep)) return undefined;
    return readFile(file).catch(() => undefined);
  };
}
