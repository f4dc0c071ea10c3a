import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DaybookError } from './errors.js';

/** What the browser is called where it is installed. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * Finds a browser that prints and draws: `CHROME_PATH`, or Chromium or Chrome in the PATH.
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

/** One call of the browser's program. */
export interface BrowserTask {
  /** The browser; see {@link findBrowser}. */
  readonly browser: string;
  /** The folder of its profile: whatever else the browser does for its user stays untouched. */
  readonly profile: string;
  /** What it does, and to which page. */
  readonly parameters: readonly string[];
  /** Milliseconds after which it is killed. */
  readonly timeout: number;
}

/** Runs the browser without a window until it ends; resolves to its last words, in case it failed. */
export function runBrowser({
  browser,
  profile,
  parameters,
  timeout,
}: BrowserTask): Promise<string> {
  const child = spawn(
    browser,
    [
      // As root Chromium runs without its sandbox or not at all; what it opens are our own files.
      ...['--headless', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      ...['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
      `--user-data-dir=${profile}`,
      ...parameters,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], timeout, killSignal: 'SIGKILL' },
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
