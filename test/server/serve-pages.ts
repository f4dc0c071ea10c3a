import type { Pool } from 'pg';
import { listen, type Listening } from '../../src/http/listen.js';
import { createApp, type AppOptions } from '../../src/server/app.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';

let assets: ReturnType<typeof loadAssets> | undefined;

/** Serves the pages of a warehouse from this process; the first requests wait until everything is rendered. */
export async function servePages(
  pool: Pool,
  options: Partial<AppOptions> = {},
): Promise<Listening> {
  const app = createApp({
    ...createReaders(pool),
    isPatient: true,
    assets: await (assets ??= loadAssets()),
    timeZone: 'America/Toronto',
    ...options,
  });
  return listen(app, '127.0.0.1', 0);
}
