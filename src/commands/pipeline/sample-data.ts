// `daybook sample-data`: generation of sample logs.

import { resolve } from 'node:path';
import type { Config } from '../../config/config.js';
import type { SampleFile, SampleLogs, SampleWriter } from '../../config/define-config.js';
import { readSampleLogs } from '../../config/sample-logs.js';
import { DaybookError } from '../../errors.js';
import { fillFolder } from '../../files/output-folder.js';
import { countOf, formatBytes } from '../../text/amounts.js';
import type { Command, OptionSpec } from '../command.js';

/**
 * `daybook sample-data` with the project's generator.
 *
 * @throws ConfigError when the generator cannot be read.
 */
export async function sampleDataOf(
  config: Pick<Config, 'root' | 'home' | 'project'>,
): Promise<Command> {
  const made = await readSampleLogs(config);
  return made === undefined ? withoutGenerator : sampleData(made);
}

const hint =
  "name a folder of a few files in daybook.config.ts, or a module that makes them: sampleLogs: 'sample-logs'";

const withoutGenerator: Command = {
  usage: '--output DIR',
  description: `Writes logs to try Daybook on. This project makes none:\n${hint}.`,
  options: { output: { type: 'string', placeholder: 'DIR', help: 'Folder for the files' } },
  run: () =>
    Promise.reject(new DaybookError('USAGE', 'this project makes no sample logs', { hint })),
};

/** The command with the options of a project's generator. */
export function sampleData(logs: SampleLogs): Command {
  const { usage, description, options } = logs;
  const names = Object.keys(options);
  return {
    usage: `${usage === '' ? '' : `${usage} `}[--force] --output DIR`,
    description,
    options: {
      output: { type: 'string', placeholder: 'DIR', help: 'Folder for the files; must be empty' },
      ...Object.fromEntries(
        Object.entries(options).map(([name, { placeholder, help }]): [string, OptionSpec] => [
          name,
          { type: 'string', placeholder, help },
        ]),
      ),
      force: { type: 'boolean', help: 'Write into a folder that is not empty, over files there' },
    },
    run: async ({ values, cwd, terminal, signal }) => {
      const { output, force } = values;
      if (typeof output !== 'string') {
        throw new DaybookError('USAGE', 'sample-data needs --output DIR');
      }
      const folder = resolve(cwd, output);
      const given = names.flatMap((name) => {
        const value = values[name];
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      const files = await makeSampleLogs(logs, {
        folder,
        options: Object.fromEntries(given),
        signal,
        replace: force === true,
      });
      const lines = files.reduce((sum, file) => sum + file.lines, 0);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      terminal.out(
        `${countOf(lines, 'line')}, ${formatBytes(bytes)}, ${countOf(files.length, 'file')} in ${folder}\n`,
      );
      return 0;
    },
  };
}

/** A request for sample logs. */
interface SampleRequest {
  /** The output folder; empty or missing. */
  readonly folder: string;
  /** By the names of the generator's options; default none. */
  readonly options?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Also writes into a folder with files; those of the same names are replaced. Default false. */
  readonly replace?: boolean;
}

/**
 * Runs a project's generator on a folder: all or nothing.
 *
 * @throws DaybookError `USAGE` for a wrong option; `OUTPUT_NOT_EMPTY`, `OUTPUT_UNWRITABLE`.
 */
export async function makeSampleLogs(
  logs: Pick<SampleLogs, 'prepare'>,
  { folder, options = {}, signal, replace = false }: SampleRequest,
): Promise<readonly SampleFile[]> {
  const write = prepared(logs, options);
  return fillFolder(folder, (unfinished) => write(unfinished, signal), {
    replace,
    hint: ', or add --force to replace files of the same names',
  });
}

function prepared(
  logs: Pick<SampleLogs, 'prepare'>,
  options: Readonly<Record<string, string>>,
): SampleWriter {
  try {
    return logs.prepare(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DaybookError('USAGE', error.message, { cause: error });
  }
}
