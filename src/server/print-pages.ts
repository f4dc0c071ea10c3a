import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DaybookError } from '../errors.js';

/** What the browser is called where it is installed. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** How long one page may take, in milliseconds: a page with hundreds of charts draws them all. */
const pageMs = 120_000;

/**
 * Finds a browser that can print: `CHROME_PATH`, or Chromium or Chrome in the PATH.
 *
 * @throws DaybookError `BROWSER_MISSING`.
 */
export async function findBrowser(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...(env['CHROME_PATH'] === undefined ? [] : [env['CHROME_PATH']]),
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
  ];
  for (const path of candidates) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  throw new DaybookError('BROWSER_MISSING', 'There is no browser that could print the pages', {
    hint: 'Install Chromium or Chrome, or set CHROME_PATH to its program',
  });
}

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
  // A profile of its own: whatever else the browser does for its user stays untouched.
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
  const child = spawn(
    browser,
    [
      // As root Chromium runs without its sandbox or not at all; what it opens are our own files.
      ...['--headless', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
      `--user-data-dir=${profile}`,
      // So tall that every chart is in view and drawn, and time enough for that.
      ...['--window-size=1200,20000', '--virtual-time-budget=20000', '--no-pdf-header-footer'],
      ...[`--print-to-pdf=${file}`, pathToFileURL(page).href],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], timeout: pageMs, killSignal: 'SIGKILL' },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-500);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => {
      resolve(error.message);
    });
    child.on('close', () => {
      resolve(said.trim());
    });
  });
}
