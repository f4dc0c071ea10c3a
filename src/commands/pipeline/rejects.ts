// `daybook rejects list`, `export` and `replay`: lines that could not be loaded.

import { resolve } from 'node:path';
import { DaybookError } from '../../errors.js';
import { rejectReasons } from '../../history/rejects/reject.js';
import { listRejects, preview, type RejectEntry } from '../../history/rejects/list-rejects.js';
import { countOption, flag, textOption } from '../options.js';
import type { Command } from '../command.js';
import { withHistory } from '../warehouse/with-history.js';
import { exportRejects } from '../../pipeline/rejects/export-rejects.js';
import { countOf, formatCount } from '../../text/amounts.js';
import { replayRejects } from '../../pipeline/rejects/replay-rejects.js';
import { limitsBySource } from '../../pipeline/load/limits/source-limits.js';
import { readSources } from '../../pipeline/project/read-sources.js';
import { isObjectAddress } from '../../storage/object-address.js';
import { fillAddress } from '../fill-address.js';
import { openWarehouse } from '../../warehouse/warehouse.js';

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

/** `daybook rejects export`. */
export const rejectsExport: Command = {
  usage: 'DIR|s3://BUCKET/PATH [--reason R] [--file F]',
  description: `Writes the lines that could not be loaded into files that can be mended by hand, one for each log.
Each line stands below one that begins with "# daybook" and says where it is from and what is wrong
with it. Change the lines, or leave pairs out, then: daybook rejects replay DIR`,
  options: {
    reason: { type: 'string', placeholder: 'R', help: 'Only lines rejected for this reason' },
    file: { type: 'string', placeholder: 'F', help: 'Only lines of this file' },
  },
  positionals: { min: 1, max: 1 },
  async run({ values, positionals, config, cwd, terminal, logger, signal }) {
    const [target = ''] = positionals;
    const folder = isObjectAddress(target) ? target : resolve(cwd, target);
    const filter = { reason: textOption(values, 'reason'), file: textOption(values, 'file') };
    await withHistory({ config, logger }, async (pool) => {
      const write = (to: string) => exportRejects(pool, to, filter);
      const copy = { store: config.storage, address: target, headersOf: asBytes, signal };
      const { files, lines } = isObjectAddress(target)
        ? await fillAddress(copy, write)
        : await write(folder);
      terminal.out(`${countOf(lines, 'line')} in ${countOf(files, 'file')} below ${folder}\n`);
    });
    return 0;
  },
};

/** Lines are in the encodings of their files. */
const asBytes = () => ({ contentType: 'application/octet-stream', cacheControl: 'no-cache' });

/** `daybook rejects replay`. */
export const rejectsReplay: Command = {
  usage: '[DIR] [--json]',
  description: `Gives the lines in quarantine another try: with today's rules, and with DIR, where they were exported
and mended, with what they are now. A line that is accepted is loaded exactly once; a mended one
stands for its original also when the file is loaded again. Models follow with the next run.`,
  options: { json: { type: 'boolean', help: 'Print the counts as JSON' } },
  positionals: { min: 0, max: 1 },
  async run({ values, positionals, config, cwd, terminal, logger, signal }) {
    const [folder] = positionals;
    const sources = await readSources(config.root, config.project.schemas.loaded);
    const warehouse = await openWarehouse(config, { logger });
    try {
      const replay = await replayRejects(warehouse.owner, sources, {
        limitsOf: limitsBySource(sources, config.limits, {}),
        folder: folder === undefined ? undefined : resolve(cwd, folder),
        signal,
        onWait: () => {
          logger.info('waiting for another run to end');
        },
      });
      const { loaded, rejected, stale } = replay;
      const left =
        stale === 0 ? '' : `, ${countOf(stale, 'mended line')} left alone, in quarantine no more`;
      terminal.out(
        flag(values, 'json')
          ? `${JSON.stringify(replay)}\n`
          : `${countOf(loaded, 'line')} loaded, ${formatCount(rejected)} still rejected${left}; daybook pipeline run builds the models\n`,
      );
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};
