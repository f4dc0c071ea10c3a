import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Config } from '../config.js';
import type { Logger } from '../logger.js';
import { generateLogs } from '../sample-data/generate-logs.js';

/** What decides where the logs are. */
interface LogFolderOptions {
  /** What the command line says; it goes before the configuration. */
  given?: string | undefined;
  logger: Logger;
  signal?: AbortSignal;
}

/**
 * The folder of logs for `up` and `schedule`: the one that was named, else the default one if it holds
 * anything, else sample logs made for the occasion, so that a first start has something to show.
 *
 * @returns The folder, absolute.
 */
export async function logFolder(
  config: Config,
  { given, logger, signal }: LogFolderOptions,
): Promise<string> {
  if (given !== undefined) return given;
  if (config.dataDirIsSet || holdsAnything(config.dataDir)) return config.dataDir;

  const output = join(config.home, 'sample-data');
  if (!holdsAnything(output)) {
    const files = await generateLogs({ output, ...(signal === undefined ? {} : { signal }) });
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    logger.info(
      `made sample logs in ${relative(config.root, output)}: ${lines} lines in ${files.length} files; ` +
        'your own: --data DIR or DAYBOOK_DATA_DIR',
    );
  }
  return output;
}

function holdsAnything(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => !name.startsWith('.'));
}
