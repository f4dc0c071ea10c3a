// Search for an installed Chromium or Chrome.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DaybookError } from '../errors.js';

/** The names of browsers in the PATH. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/**
 * Finds a browser: `CHROME_PATH`, or Chromium or Chrome in the PATH.
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
