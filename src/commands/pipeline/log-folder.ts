import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import { readSampleLogs, sampleFolder } from '../../config/sample-logs.js';
import { requireHome } from '../../config/require-home.js';
import type { Logger } from '../../logger.js';
import { lastDataDir } from '../../history/run-history.js';
import { makeSampleLogs } from './sample-data.js';

/** What decides where the logs are. */
interface LogFolderOptions {
  /** What the command line says; it goes before the configuration. */
  given?: string | undefined;
  /** The warehouse, which knows where the last run read them; a reader's rights suffice. */
  pool: Pool;
  logger: Logger;
}

/**
 * The folder of logs: the one that was named, else the default one if it holds anything, else the one of
 * the last run that passed, so that `up` with sample logs or `--data` need not be said again.
 *
 * Logs that were in the default folder and are there no more are missing: others never take their place.
 *
 * @returns The folder, absolute; undefined when nothing says where logs are.
 */
export async function findLogFolder(
  config: Config,
  { given, pool, logger }: LogFolderOptions,
): Promise<string | undefined> {
  if (given !== undefined) return given;
  if (config.dataDirIsSet || holdsAnything(config.dataDir)) return config.dataDir;
  const last = await lastDataDir(pool);
  if (last === undefined || last === config.dataDir) return last;
  if (!holdsAnything(last)) return undefined;
  logger.info(`reading the logs of the last run, in ${last}`);
  return last;
}

/**
 * The folder of logs for `up` and `schedule`: as {@link findLogFolder} finds it, else sample logs made for
 * the occasion, so that a first start has something to show. A project that makes none has its logs in the default
 * folder, or the run says that there are none.
 *
 * @returns The folder, absolute.
 */
export async function findOrMakeLogs(
  config: Config,
  options: LogFolderOptions & { signal?: AbortSignal },
): Promise<string> {
  const found = await findLogFolder(config, options);
  if (found !== undefined) return found;

  const { logger, signal } = options;
  const kept = await sampleFolder(config);
  if (kept !== undefined) {
    logger.info(`reading the sample logs in ${relative(config.root, kept)}; ${ownLogs(config)}`);
    return kept;
  }
  const sampleLogs = await readSampleLogs(config);
  if (sampleLogs === undefined) return config.dataDir;
  const output = join(config.home, 'sample-data');
  if (!holdsAnything(output)) {
    requireHome(config.home);
    const stop = signal === undefined ? {} : { signal };
    const files = await makeSampleLogs(sampleLogs, { folder: output, ...stop });
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    logger.info(
      `made sample logs in ${relative(config.root, output)}: ${lines} lines in ${files.length} files; ` +
        ownLogs(config),
    );
  }
  return output;
}

/** How logs of one's own take the place of sample logs. */
function ownLogs({ root, dataDir }: Config): string {
  return `your own: in ${relative(root, dataDir)}/, with --data DIR or DAYBOOK_DATA_DIR`;
}

/** What is there and cannot be listed counts as holding something: the run says what is wrong with it. */
function holdsAnything(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => !name.startsWith('.'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
