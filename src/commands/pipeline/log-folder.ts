// Which data folder a command reads, and sample logs for a first start.

import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import { readSampleLogs, sampleFolder } from '../../config/sample-logs.js';
import { requireHome } from '../../config/require-home.js';
import type { Logger } from '../../logger.js';
import { lastDataDir } from '../../history/runs/run-history.js';
import { makeSampleLogs } from './sample-data.js';

/** What the data folder depends on. */
interface LogFolderOptions {
  /** The command line's folder; it overrides the configuration. */
  given?: string | undefined;
  /** The warehouse, which has recorded the last run's folder; the reader role suffices. */
  pool: Pool;
  logger: Logger;
}

/**
 * The data folder: the given one, otherwise the default one if it has files, otherwise that of the last run that
 * passed, so that `up` with sample logs or `--data` need not be repeated.
 * Logs that are gone from the default folder count as missing: others never replace them.
 *
 * @returns The folder, absolute; undefined when there is none.
 */
export async function findLogFolder(
  config: Config,
  { given, pool, logger }: LogFolderOptions,
): Promise<string | undefined> {
  if (given !== undefined) return given;
  if (config.dataDirIsSet || hasFiles(config.dataDir)) return config.dataDir;
  const last = await lastDataDir(pool);
  if (last === undefined || last === config.dataDir) return last;
  if (!hasFiles(last)) return undefined;
  logger.info(`reading the logs of the last run, in ${last}`);
  return last;
}

/**
 * The data folder for `up` and `schedule`: as {@link findLogFolder} finds it, otherwise new sample logs, so that a
 * first start has something to show. A project without sample logs has its logs in the default folder, or the run
 * reports that there are none.
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
  if (!hasFiles(output)) {
    requireHome(config.home);
    const files = await makeSampleLogs(sampleLogs, { folder: output, signal });
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    logger.info(
      `made sample logs in ${relative(config.root, output)}: ${lines} lines in ${files.length} files; ` +
        ownLogs(config),
    );
  }
  return output;
}

/** The advice how to replace sample logs by one's own. */
function ownLogs({ root, dataDir }: Config): string {
  return `your own: in ${relative(root, dataDir)}/, with --data DIR or DAYBOOK_DATA_DIR`;
}

/** A folder that cannot be listed counts as not empty: the run reports the error. */
function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => !name.startsWith('.'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
