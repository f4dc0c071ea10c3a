// Options of all commands that load files: `--data`, `--max-rejects`, `--allow-removal`.

import { readLineLimit } from '../../config/environment/limits.js';
import { DaybookError } from '../../errors.js';
import type { GivenLimits } from '../../pipeline/load/limits/source-limits.js';
import type { Invocation, OptionSpec } from '../command.js';
import { flag, textOption } from '../options.js';

/** `--data DIR`: the data folder. */
export const dataOption = {
  type: 'string',
  placeholder: 'DIR',
  help: 'Read the logs from here',
  setting: 'DAYBOOK_DATA_DIR',
} as const satisfies OptionSpec;

/** The options for limits. */
export const limitOptions = {
  'max-rejects': {
    type: 'string',
    placeholder: 'N|P%',
    help: 'Reject so many lines of each file and source, then fail',
    setting: 'DAYBOOK_MAX_REJECTS',
    default: '10% of a file',
  },
  'allow-removal': {
    type: 'boolean',
    help: 'Take out whatever is gone from the folder',
    setting: 'DAYBOOK_MAX_REMOVAL',
    default: '20% of a source',
  },
} as const satisfies Record<string, OptionSpec>;

/** The options in a usage line. */
export const limitUsage = '[--max-rejects N|P%] [--allow-removal]';

/** Their explanation in `--help`. */
export const limitHelp = `A file of which more than a tenth is rejected fails, and so does a run that would take out more than a
fifth of a source's lines because files are gone or shorter; what was loaded before stays. The options
allow it for this time, "limits" in a declaration in sql/sources for good.`;

/**
 * The limits of the command line.
 *
 * @throws DaybookError `USAGE`
 */
export function limitsOption(values: Invocation['values']): GivenLimits {
  const text = textOption(values, 'max-rejects');
  const maxRejects = text === undefined ? undefined : readLineLimit(text);
  if (text !== undefined && maxRejects === undefined) {
    throw new DaybookError(
      'USAGE',
      `--max-rejects: "${text}" is no number of lines and no percentage`,
      { hint: 'like --max-rejects 100 or --max-rejects 0.5%' },
    );
  }
  return { maxRejects, allowRemoval: flag(values, 'allow-removal') };
}
