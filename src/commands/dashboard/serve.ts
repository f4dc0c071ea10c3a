// `daybook serve`: the dashboard.

import { once } from 'node:events';
import type { Config } from '../../config/config.js';
import { settings } from '../../config/environment/settings.js';
import { startDashboard } from '../../server/dashboard.js';
import { openAwaitedReader } from '../../warehouse/awaited-reader.js';
import { evaluateInBackground } from '../notify/deadlines.js';
import { createOperator } from './operate.js';
import type { Command, Invocation, OptionSpec } from '../command.js';
import { portOption, textOption } from '../options.js';

/** The options for the address that the dashboard listens on. */
export const listenOptions = {
  host: {
    type: 'string',
    placeholder: 'H',
    help: 'Address to listen on',
    setting: 'HOST',
    default: settings.HOST.default,
  },
  port: {
    type: 'string',
    placeholder: 'N',
    help: 'Port to listen on; 0: any free one',
    setting: 'PORT',
    default: settings.PORT.default,
  },
} as const satisfies Record<string, OptionSpec>;

/** `daybook serve`: the published dashboard. */
export const serve: Command = {
  usage: '[--host H] [--port N]',
  description:
    'Serves the published notebooks as pages that can only be read. Stops on Ctrl-C or SIGTERM, once\n' +
    'the answers under way are out. A warehouse of DATABASE_URL that does not answer yet is waited for.',
  options: listenOptions,
  async run(invocation) {
    await serveDashboard({ ...invocation, config: withAddress(invocation) });
    return 0;
  },
};

/** The configuration with the address of {@link listenOptions}. */
export function withAddress({ values, config }: Pick<Invocation, 'values' | 'config'>): Config {
  return {
    ...config,
    host: textOption(values, 'host') ?? config.host,
    port: portOption(values) ?? config.port,
  };
}

/**
 * Serves the dashboard until the signal is aborted. While the server of DATABASE_URL is unreachable, pages say so,
 * and reload once it is.
 *
 * @throws DaybookError as `openReader` does when waiting would not help, also after waiting.
 */
export async function serveDashboard({
  config,
  logger,
  signal,
  terminal,
}: Pick<Invocation, 'config' | 'logger' | 'signal' | 'terminal'>): Promise<void> {
  const { reader, opened } = await openAwaitedReader(config, logger);
  const readers = [reader];
  const operator = createOperator(config, logger);
  try {
    const dashboard = await startDashboard({ pool: reader.pool, config, operator, logger });
    terminal.out(`Daybook is served on ${dashboard.url}\n`);
    // A scheduler that is dead cannot say so.
    const judging = evaluateInBackground(config, { logger, signal });
    try {
      const later = await opened?.(signal);
      if (later !== undefined) {
        readers.push(later);
        await dashboard.readFrom(later.pool);
      }
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await dashboard.close();
      if (signal.aborted) await judging;
    }
  } finally {
    await Promise.all([...readers, operator].map((one) => one.close()));
  }
}
