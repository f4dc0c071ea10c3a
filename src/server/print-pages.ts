import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runBrowser } from '../browser.js';
import { DaybookError } from '../errors.js';

/** How long one page may take, in milliseconds: a page with hundreds of charts draws them all. */
const pageMs = 120_000;

/**
 * Prints the notebooks' pages of an exported copy, each as a PDF beside its file.
 *
 * @param folder - The copy; see {@link exportSite}.
 * @returns The files that were written.
 * @throws DaybookError `PRINT_FAILED`.
 */
export async function printPages(folder: string, browser: string): Promise<string[]> {
  const notebooks = join(folder, 'notebooks');
  const pages = (await readdir(notebooks).catch(() => [])).filter((name) => name.endsWith('.html'));
  const profile = await mkdtemp(join(tmpdir(), 'daybook-print-'));
  const files: string[] = [];
  try {
    for (const page of pages.sort()) {
      const file = join(notebooks, page.replace(/\.html$/, '.pdf'));
      await rm(file, { force: true });
      const complaints = await print(browser, profile, join(notebooks, page), file);
      const size = await stat(file).then(
        (found) => found.size,
        () => 0,
      );
      if (size === 0) {
        throw new DaybookError(
          'PRINT_FAILED',
          `The browser did not print the page: ${complaints}`,
          {
            where: page,
            hint: `Try it by hand: ${browser} --headless --print-to-pdf=page.pdf ${page}`,
          },
        );
      }
      files.push(file);
    }
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  return files;
}

/** Prints one file; resolves to the last words of the browser, in case it failed. */
function print(browser: string, profile: string, page: string, file: string): Promise<string> {
  return runBrowser({
    browser,
    profile,
    parameters: [
      // So tall that every chart is in view and drawn, and time enough for that.
      ...['--window-size=1200,20000', '--virtual-time-budget=20000', '--no-pdf-header-footer'],
      ...[`--print-to-pdf=${file}`, pathToFileURL(page).href],
    ],
    timeout: pageMs,
  });
}
