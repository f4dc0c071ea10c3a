import { DaybookError } from '../../errors.js';
import { rejectReasons } from '../../history/reject.js';
import { listRejects, preview, type RejectEntry } from '../../history/list-rejects.js';
import { countOption, flag, textOption } from '../options.js';
import type { Command } from '../command.js';
import { withHistory } from '../warehouse/with-history.js';

/** `daybook rejects list`. */
export const rejectsList: Command = {
  usage: '[--reason R] [--file F] [--limit N] [--json]',
  description: `Lists the lines that could not be loaded, by file and line, with the reason: the quarantine, and of files
that the last run refused for their rejected lines the first hundred of each.

Reasons: ${rejectReasons.join(', ')}.`,
  options: {
    reason: { type: 'string', placeholder: 'R', help: 'Only lines rejected for this reason' },
    file: {
      type: 'string',
      placeholder: 'F',
      help: 'Only lines of this file, below the data folder',
    },
    limit: { type: 'string', placeholder: 'N', help: 'Show so many lines', default: 'all' },
    json: { type: 'boolean', help: 'Print one JSON object for each line, its bytes as base64' },
  },
  async run({ values, config, terminal, logger }) {
    const reason = textOption(values, 'reason');
    if (reason !== undefined && !(rejectReasons as readonly string[]).includes(reason)) {
      throw new DaybookError('USAGE', `--reason: no line is rejected as "${reason}"`, {
        hint: `reasons: ${rejectReasons.join(', ')}`,
      });
    }
    const filter = {
      reason,
      file: textOption(values, 'file'),
      limit: countOption(values, 'limit'),
    };
    const format = flag(values, 'json') ? jsonLine : textLine;
    await withHistory({ config, logger }, async (pool) => {
      for await (const reject of listRejects(pool, filter)) {
        terminal.out(`${format(reject)}\n`);
      }
    });
    return 0;
  },
};

function jsonLine({ raw, ...reject }: RejectEntry): string {
  return JSON.stringify({ ...reject, preview: preview(raw), rawBase64: raw.toString('base64') });
}

function textLine({ file, line, reason, message, raw, isRefused }: RejectEntry): string {
  const shown = preview(raw).trim();
  const refused = isRefused ? '  (its file was refused)' : '';
  return `${file}:${line}  ${reason}  ${message}${refused}${shown === '' ? '' : `\n    ${shown}`}`;
}
