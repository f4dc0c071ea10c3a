// This folder proves a project: in a warehouse of its own (this file), step by step (project-proof.ts), with the links of
// its pages (broken-links.ts) and the tests that it has itself (project-tests.ts).

import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { requireHome } from '../../config/require-home.js';
import { makeUnfinishedFolder, removeFolder } from '../../files/unfinished-folder.js';
import { findEmbeddedLocation } from '../../warehouse/embedded/location.js';
import { startEmbedded, stopEmbedded } from '../../warehouse/embedded/server.js';
import { openWarehouse, type Warehouse } from '../../warehouse/warehouse.js';

/** A warehouse that is there for one piece of work, and the configuration that leads to it. */
export interface OwnWarehouse {
  readonly config: Config;
  readonly warehouse: Warehouse;
}

/**
 * Does work in an embedded Postgres of its own, whose folder lies in DAYBOOK_HOME and is gone afterwards. The
 * project's warehouse is not touched, wherever it is; nor are the folders of its data.
 *
 * @throws DaybookError `CONFIG_INVALID` and codes beginning with `EMBEDDED_`; whatever the work throws.
 */
export async function withOwnWarehouse<T>(
  config: Config,
  work: (own: OwnWarehouse) => Promise<T>,
): Promise<T> {
  requireHome(config.home);
  const home = await makeUnfinishedFolder(config.home, 'test-', remove);
  const own: Config = {
    ...config,
    home,
    databaseUrl: undefined,
    readerUrl: undefined,
    // Data of the project are not read, but its sample logs.
    dataDir: join(home, 'data'),
    dataDirIsSet: false,
  };
  try {
    // Nothing of it has to outlive the machine.
    await startEmbedded(home, { durable: false });
    const warehouse = await openWarehouse(own);
    try {
      return await work({ config: own, warehouse });
    } finally {
      await warehouse.close();
    }
  } finally {
    await remove(home);
  }
}

/** Ends the server and removes all of it, also where Postgres's user could not enter DAYBOOK_HOME. */
async function remove(home: string): Promise<void> {
  await stopEmbedded(home);
  await removeFolder(findEmbeddedLocation(home).folder);
  await removeFolder(home);
}
