import { once } from 'node:events';
import { DaybookError } from '../errors.js';
import { startDashboard } from '../server/dashboard.js';
import { openReader } from '../warehouse/warehouse.js';
import type { Command } from './command.js';

/** `daybook serve`: the published dashboard. */
export const serve: Command = {
  usage: '[--host H] [--port N]',
  description:
    'Serves the published notebooks as pages that can only be read. Stops on Ctrl-C or SIGTERM, once\n' +
    'the answers under way are out.',
  options: {
    host: {
      type: 'string',
      placeholder: 'H',
      help: 'Address to listen on (HOST, default 127.0.0.1)',
    },
    port: {
      type: 'string',
      placeholder: 'N',
      help: 'Port to listen on; 0: any free one (PORT, default 8050)',
    },
  },
  run: async ({ values, config, logger, signal, terminal }) => {
    const host = typeof values['host'] === 'string' ? values['host'] : config.host;
    const port = typeof values['port'] === 'string' ? portFrom(values['port']) : config.port;
    const reader = await openReader(config, { logger });
    try {
      const dashboard = await startDashboard({
        pool: reader.pool,
        config: { ...config, host, port },
        logger,
      });
      terminal.out(`Daybook is served on ${dashboard.url}\n`);
      if (!signal.aborted) await once(signal, 'abort');
      await dashboard.close();
    } finally {
      await reader.close();
    }
    return 0;
  },
};

function portFrom(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw new DaybookError('USAGE', `--port: "${text}" is not a whole number from 0 to 65535`);
}
