import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DaybookError } from '../errors.js';
import { accountsForSize } from './accounts-for-size.js';
import { largestAccount } from './day-queue.js';
import { firstAccount, simulateLogs, type MonthLog, type SimulationOptions } from './simulation.js';
import { firstTorontoYear } from './toronto-time.js';
import { fillFolder } from '../output-folder.js';

/** What {@link generateLogs} makes when it is told nothing: about as much as a small service logs in a year. */
export const sampleDefaults: SimulationOptions = Object.freeze({
  accounts: 1000,
  months: 12,
  seed: 1,
  start: '2019-01',
});

/** What to make ({@link sampleDefaults} for what is left out) and where. */
export interface GenerateLogsOptions extends Partial<SimulationOptions> {
  /** Instead of `accounts`: as many as make about this much, all files together. */
  bytes?: number | undefined;
  /** The folder for the files; made when it is not there. */
  output: string;
  /** Write even when the folder holds something; files of the same names are replaced. Default false. */
  force?: boolean;
  /** Stops the work; nothing is left in the folder. */
  signal?: AbortSignal;
}

/** One file that was written. */
export interface SampleFile {
  name: string;
  bytes: number;
  lines: number;
}

/**
 * Writes logs of the kind that the shipped analyses read, one file a month, as fast as the disk takes
 * them and in memory that does not grow with them.
 *
 * @returns The files, in the order of their months.
 * @throws DaybookError `USAGE` naming every wrong option; `OUTPUT_NOT_EMPTY`, `OUTPUT_UNWRITABLE`.
 */
export async function generateLogs(options: GenerateLogsOptions): Promise<SampleFile[]> {
  const { output, force = false, signal, bytes, ...given } = options;
  const simulation: SimulationOptions = { ...sampleDefaults, ...given };
  checkSimulation(simulation);
  if (bytes !== undefined) {
    simulation.accounts = accountsForSize(bytes, simulation);
    checkSimulation(simulation);
  }
  return fillFolder(
    output,
    async (unfinished) => {
      const files: SampleFile[] = [];
      for (const log of simulateLogs(simulation)) {
        files.push(await writeLog(join(unfinished, log.name), log, signal));
      }
      return files;
    },
    { replace: force, hint: ', or add --force to replace files of the same names' },
  );
}

/** Writes piece by piece, each after the one before it is written: no more than one is in memory. */
async function writeLog(
  path: string,
  { name, pieces }: MonthLog,
  signal: AbortSignal | undefined,
): Promise<SampleFile> {
  const written: SampleFile = { name, bytes: 0, lines: 0 };
  const file = await open(path, 'wx');
  try {
    for (const { text, lines } of pieces) {
      signal?.throwIfAborted();
      await file.appendFile(text, 'latin1');
      written.bytes += text.length;
      written.lines += lines;
    }
  } finally {
    await file.close();
  }
  return written;
}

function checkSimulation({ accounts, months, seed, start }: SimulationOptions): void {
  const problems: string[] = [];
  const check = (name: string, value: number, least: number, most: number): void => {
    if (!Number.isInteger(value) || value < least || value > most) {
      problems.push(`${name} must be a whole number from ${least} to ${most}`);
    }
  };
  check('accounts', accounts, 1, largestAccount - firstAccount + 1);
  check('months', months, 1, 1200);
  check('seed', seed, 0, 2 ** 32 - 1);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(start) || Number(start.slice(0, 4)) < firstTorontoYear) {
    problems.push(`start must be a month like 2019-01, from ${firstTorontoYear}-01 on`);
  }
  if (problems.length > 0) throw new DaybookError('USAGE', problems.join('; '));
}
