import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { TestContext } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Third-party fixtures and the real logs live beside the project; it works without them. */
export const sharedFolder = resolve(root, '../shared');

/** The browser for browser tests, as CHROME_PATH or the PATH has it. */
export const browserPath: string | undefined = [
  process.env['CHROME_PATH'] ?? '',
  ...(process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) =>
      ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)),
    ),
].find((path) => path !== '' && existsSync(path));

/** How a test starts the browser: headless, and silent on the network but for the page itself. */
export const browserArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The browser's path; leaves the running test out, with its reason in the summary, where none is
 * installed. `.ci/run` installs one, so that CI leaves none out.
 */
export function requireBrowser(context: TestContext): string {
  return browserPath ?? context.skip('no browser in PATH or CHROME_PATH');
}

/**
 * The path of something below the shared folder; leaves the running test out where it is missing.
 *
 * @param path - Below the shared folder, like `data`.
 */
export function requireShared(context: TestContext, path: string): string {
  const full = join(sharedFolder, path);
  if (!existsSync(full)) context.skip(`../shared/${path} is not there`);
  return full;
}
