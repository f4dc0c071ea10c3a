import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleFile, SampleLogs, SampleWriter } from 'daybook/config';
import { accountsForSize } from './accounts-for-size.js';
import { largestAccount } from './day-queue.js';
import { firstAccount, simulateLogs, type MonthLog, type SimulationOptions } from './simulation.js';
import { firstTorontoYear } from './toronto-time.js';

/** What is made by default: about as much as a small service logs in a year. */
export const sampleDefaults: SimulationOptions = Object.freeze({
  accounts: 1000,
  months: 12,
  seed: 1,
  start: '2019-01',
});

/** Logs of the kind that the shipped analyses read; `daybook sample-data` and a first start make them. */
export const sampleLogs: SampleLogs = {
  usage: '[--accounts N | --size SIZE] [--months M] [--seed S] [--start YYYY-MM]',
  description: `Writes logs like those that the shipped analyses read: JSON lines, a file a month, customers of an
invented service who sign up, log in, use pages, upload, change plans and leave (5 to 13 % of them a
month). The same options give the same bytes on every machine.

What makes real logs hard is in them too: dates in the offset of the sign-up after the clocks have
changed; a month's last sessions ended in the next month; logins before the sign-up, and changes of
plan after the last login; customers who come back after more than 30 days, change plans twice, or
never log in; addresses in quotes, without the space before the province or the comma before the town;
the old code NF; accents as \\u escapes and one spoilt for good; details as text or as an object.`,
  options: {
    accounts: {
      placeholder: 'N',
      help: `Customers who sign up over all months (default ${sampleDefaults.accounts})`,
    },
    size: {
      placeholder: 'SIZE',
      help: 'As many customers as make about this much, like 100MB or 2GB',
    },
    months: { placeholder: 'M', help: `Months, a file each (default ${sampleDefaults.months})` },
    seed: {
      placeholder: 'S',
      help: `Another number gives other customers (default ${sampleDefaults.seed})`,
    },
    start: { placeholder: 'YYYY-MM', help: `The first month (default ${sampleDefaults.start})` },
  },
  prepare: prepareLogs,
};

/**
 * Looks at the options of {@link sampleLogs}.
 *
 * @returns What writes one file a month, in their order, as fast as the disk takes them and in memory that does not
 *   grow with them.
 * @throws RangeError naming every wrong option.
 */
export function prepareLogs(options: Readonly<Record<string, string>> = {}): SampleWriter {
  const { size } = options;
  if (size !== undefined && options['accounts'] !== undefined) {
    throw new RangeError('--size and --accounts both say how much; give one of them');
  }
  const simulation: SimulationOptions = {
    accounts: numberOf(options['accounts']) ?? sampleDefaults.accounts,
    months: numberOf(options['months']) ?? sampleDefaults.months,
    seed: numberOf(options['seed']) ?? sampleDefaults.seed,
    start: options['start'] ?? sampleDefaults.start,
  };
  checkSimulation(simulation);
  if (size !== undefined) {
    simulation.accounts = accountsForSize(parseSize(size), simulation);
    checkSimulation(simulation);
  }
  return async (folder, signal) => {
    const files: SampleFile[] = [];
    for (const log of simulateLogs(simulation)) {
      files.push(await writeLog(join(folder, log.name), log, signal));
    }
    return files;
  };
}

/** Writes piece by piece, each after the one before it is written: no more than one is in memory. */
async function writeLog(
  path: string,
  { name, pieces }: MonthLog,
  signal: AbortSignal | undefined,
): Promise<SampleFile> {
  const written = { name, bytes: 0, lines: 0 };
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

/** A number option as a number; what is none becomes NaN, which is refused by its name. */
function numberOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  return /^\d+$/.test(value) ? Number(value) : NaN;
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 };

/** `100MB` as bytes. */
function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?)B?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * (unitBytes[unit.toUpperCase()] ?? NaN);
  if (!(bytes > 0)) throw new RangeError(`--size ${text} is not a size like 100MB`);
  return bytes;
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
  if (problems.length > 0) throw new RangeError(problems.join('; '));
}
