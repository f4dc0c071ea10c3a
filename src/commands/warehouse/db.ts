// `daybook db start`, `stop`, `status`, `url`: the warehouse's server.

import { DaybookError } from '../../errors.js';
import type { Config } from '../../config/config.js';
import { embeddedNames } from '../../warehouse/embedded/cluster.js';
import type { PostmasterState } from '../../warehouse/embedded/postmaster.js';
import { embeddedStatus, startEmbedded, stopEmbedded } from '../../warehouse/embedded/server.js';
import { describeUrl } from '../../warehouse/connect/connection-error.js';
import { openReader, openWarehouseUrls } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';

/** `daybook db start` */
export const dbStart: Command = {
  usage: '',
  description:
    'Starts the embedded Postgres below DAYBOOK_HOME and leaves it running. Every command that needs\n' +
    'it does so by itself; starting one that runs changes nothing.',
  options: {},
  run: async ({ config, logger, terminal }) => {
    if (config.databaseUrl !== undefined) {
      throw new DaybookError(
        'USAGE',
        'DATABASE_URL is set: that Postgres is used, none is started',
        {
          hint: 'Unset DATABASE_URL to use the embedded Postgres',
        },
      );
    }
    const { pid, port, place } = await startEmbedded(config.home, { logger });
    terminal.out(`running: process ${pid}, port ${port}, ${place.folder}\n`);
    return 0;
  },
};

/** `daybook db stop` */
export const dbStop: Command = {
  usage: '',
  description:
    'Stops the embedded Postgres below DAYBOOK_HOME: transactions that are open are rolled back. Does\n' +
    'nothing when it is not running.',
  options: {},
  run: async ({ config, terminal }) => {
    const pid = await stopEmbedded(config.home);
    terminal.out(pid === undefined ? 'not running\n' : `stopped: process ${pid}\n`);
    return 0;
  },
};

/** `daybook db status` */
export const dbStatus: Command = {
  usage: '[--json]',
  description:
    'Shows which Postgres is the warehouse, whether it runs and where its files are. Starts nothing;\n' +
    'a server that does not run is no failure.',
  options: { json: { type: 'boolean', help: 'One JSON object' } },
  run: async ({ config, values, terminal }) => {
    const status = await warehouseStatus(config);
    terminal.out(
      flag(values, 'json')
        ? `${JSON.stringify(status)}\n`
        : Object.entries(status)
            .filter(([, value]) => value !== null)
            .map(([name, value]) => `${name.padEnd(10)}${String(value)}\n`)
            .join(''),
    );
    return 0;
  },
};

/** `daybook db url` */
export const dbUrl: Command = {
  usage: '[--reader]',
  description:
    'Prints the address of the warehouse with its password, for psql and other clients. Starts the\n' +
    'embedded Postgres if need be, because its port is chosen when it starts.',
  options: { reader: { type: 'boolean', help: 'The address of the read-only role' } },
  run: async ({ config, values, logger, terminal }) => {
    if (flag(values, 'reader')) {
      const reader = await openReader(config, { logger });
      await reader.close();
      terminal.out(`${reader.url}\n`);
    } else {
      terminal.out(`${(await openWarehouseUrls(config, { logger })).owner}\n`);
    }
    return 0;
  },
};

/** The output of `db status`: names as in the JSON, null where it does not apply. */
interface WarehouseStatus {
  kind: 'embedded' | 'external';
  state: PostmasterState['state'] | 'not initialised' | 'unreachable';
  pid: number | null;
  host: string;
  port: number | null;
  database: string;
  /** The number of the server's user. */
  user: number | null;
  folder: string | null;
  log: string | null;
  /** Anything unusual: a folder outside of DAYBOOK_HOME, why it is unreachable. */
  note: string | null;
}

async function warehouseStatus(config: Config): Promise<WarehouseStatus> {
  return config.databaseUrl === undefined
    ? embeddedWarehouseStatus(config)
    : externalStatus(config, config.databaseUrl);
}

async function externalStatus(config: Config, url: string): Promise<WarehouseStatus> {
  const { host, database } = describeUrl(url);
  const ready: WarehouseStatus = {
    kind: 'external',
    state: 'ready',
    pid: null,
    host,
    port: null,
    database,
    user: null,
    folder: null,
    log: null,
    note: null,
  };
  try {
    await (await openReader(config)).close();
    return ready;
  } catch (error) {
    if (!(error instanceof DaybookError)) throw error;
    return { ...ready, state: 'unreachable', note: error.message };
  }
}

function embeddedWarehouseStatus(config: Config): WarehouseStatus {
  const { place, initialised, server } = embeddedStatus(config.home);
  return {
    kind: 'embedded',
    state: initialised ? server.state : 'not initialised',
    pid: 'pid' in server ? server.pid : null,
    host: '127.0.0.1',
    port: 'port' in server ? server.port : null,
    database: embeddedNames.database,
    user: place.user?.uid ?? process.getuid?.() ?? null,
    folder: place.folder,
    log: place.log,
    note:
      server.state === 'moved'
        ? `it was started in ${server.from}; the next command that needs it starts it again`
        : (place.elsewhere ?? null),
  };
}
