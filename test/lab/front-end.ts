import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TestContext } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import { prepareFrontEnd } from '../../src/lab/front-end/prepare-front-end.js';

/** Where the bundle stays between test runs: of one lab/ it is made once. */
export const frontEndCache = resolve(import.meta.dirname, '../../node_modules/.cache/daybook-lab');

/** JupyterLab as `daybook lab` makes it, and the folder in which that was done. */
export interface TestFrontEnd {
  readonly bundle: string;
  /** lab/ with its packages installed. */
  readonly build: string;
}

/**
 * JupyterLab's bundle. It takes a minute or two when there is none yet; without a network the running
 * test is left out then, with its reason, though not in CI.
 */
export async function requireFrontEnd(context: TestContext): Promise<TestFrontEnd> {
  let built: string | undefined;
  const prepare = () =>
    prepareFrontEnd({
      folder: frontEndCache,
      env: process.env,
      discard: (build) => {
        built = build;
        return Promise.resolve();
      },
    });
  try {
    let bundle = await prepare();
    const build = `${bundle}-build`;
    if (built === undefined && !existsSync(build)) {
      await rm(bundle, { recursive: true });
      bundle = await prepare();
    }
    if (built !== undefined) {
      await rm(build, { recursive: true, force: true });
      await rename(built, build);
    }
    return { bundle, build };
  } catch (error) {
    const isOffline = error instanceof DaybookError && error.message.includes('cannot be reached');
    if (isOffline && !process.env['CI']) context.skip('no network to install JupyterLab from');
    throw error;
  }
}
