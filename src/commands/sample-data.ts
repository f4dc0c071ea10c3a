import { resolve } from 'node:path';
import { DaybookError } from '../errors.js';
import { generateLogs, sampleDefaults } from '../sample-data/generate-logs.js';
import type { Command, Invocation } from './command.js';

/** `daybook sample-data`: logs to try Daybook on, of any size. */
export const sampleData: Command = {
  usage:
    '[--accounts N | --size SIZE] [--months M] [--seed S] [--start YYYY-MM] [--force] --output DIR',
  description: `Writes logs like those that the shipped analyses read: JSON lines, a file a month, customers of an
invented service who sign up, log in, use pages, upload, change plans and leave (5 to 13 % of them a
month). The same options give the same bytes on every machine.

What makes real logs hard is in them too: dates in the offset of the sign-up after the clocks have
changed; a month's last sessions ended in the next month; logins before the sign-up, and changes of
plan after the last login; customers who come back after more than 30 days, change plans twice, or
never log in; addresses in quotes, without the space before the province or the comma before the town;
the old code NF; accents as \\u escapes and one spoilt for good; details as text or as an object.`,
  options: {
    output: { type: 'string', placeholder: 'DIR', help: 'Folder for the files; must be empty' },
    accounts: {
      type: 'string',
      placeholder: 'N',
      help: `Customers who sign up over all months (default ${sampleDefaults.accounts})`,
    },
    size: {
      type: 'string',
      placeholder: 'SIZE',
      help: 'As many customers as make about this much, like 100MB or 2GB',
    },
    months: {
      type: 'string',
      placeholder: 'M',
      help: `Months, a file each (default ${sampleDefaults.months})`,
    },
    seed: {
      type: 'string',
      placeholder: 'S',
      help: `Another number gives other customers (default ${sampleDefaults.seed})`,
    },
    start: {
      type: 'string',
      placeholder: 'YYYY-MM',
      help: `The first month (default ${sampleDefaults.start})`,
    },
    force: { type: 'boolean', help: 'Write into a folder that is not empty, over files there' },
  },
  run: async ({ values, cwd, terminal, signal }) => {
    const { output, size, accounts, start, force } = values;
    if (typeof output !== 'string') {
      throw new DaybookError('USAGE', 'sample-data needs --output DIR');
    }
    if (size !== undefined && accounts !== undefined) {
      throw new DaybookError('USAGE', '--size and --accounts both say how much; give one of them');
    }
    const folder = resolve(cwd, output);
    const files = await generateLogs({
      accounts: numberOf(accounts) ?? sampleDefaults.accounts,
      bytes: typeof size === 'string' ? parseSize(size) : undefined,
      months: numberOf(values['months']) ?? sampleDefaults.months,
      seed: numberOf(values['seed']) ?? sampleDefaults.seed,
      start: typeof start === 'string' ? start : sampleDefaults.start,
      output: folder,
      force: force === true,
      signal,
    });
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    const megabytes = files.reduce((sum, file) => sum + file.bytes, 0) / 1e6;
    terminal.out(
      `${lines.toLocaleString('en-CA')} lines, ${megabytes.toFixed(1)} MB, ` +
        `${files.length} ${files.length === 1 ? 'file' : 'files'} in ${folder}\n`,
    );
    return 0;
  },
};

/** A number option as a number; what is none becomes NaN, which the generator refuses by its name. */
function numberOf(value: Invocation['values'][string]): number | undefined {
  if (typeof value !== 'string') return undefined;
  return /^\d+$/.test(value) ? Number(value) : NaN;
}

const unitBytes: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 };

/** `100MB` as bytes. */
function parseSize(text: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?)B?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * (unitBytes[unit.toUpperCase()] ?? NaN);
  if (!(bytes > 0)) throw new DaybookError('USAGE', `--size ${text} is not a size like 100MB`);
  return bytes;
}
