import { resolve } from 'node:path';
import { exportRejects } from '../../pipeline/rejects/export-rejects.js';
import { countOf } from '../../text/amounts.js';
import type { Command } from '../command.js';
import { textOption } from '../options.js';
import { withHistory } from '../warehouse/with-history.js';

/** `daybook rejects export`. */
export const rejectsExport: Command = {
  usage: 'DIR [--reason R] [--file F]',
  description: `Writes the lines that could not be loaded into files that can be mended by hand, one for each log.
Each line stands below one that begins with "# daybook" and says where it is from and what is wrong
with it. Change the lines, or leave pairs out, then: daybook rejects replay DIR`,
  options: {
    reason: { type: 'string', placeholder: 'R', help: 'Only lines rejected for this reason' },
    file: { type: 'string', placeholder: 'F', help: 'Only lines of this file' },
  },
  positionals: { min: 1, max: 1 },
  async run({ values, positionals, config, cwd, terminal, logger }) {
    const folder = resolve(cwd, positionals[0] ?? '');
    const filter = { reason: textOption(values, 'reason'), file: textOption(values, 'file') };
    await withHistory({ config, logger }, async (pool) => {
      const { files, lines } = await exportRejects(pool, folder, filter);
      terminal.out(`${countOf(lines, 'line')} in ${countOf(files, 'file')} below ${folder}\n`);
    });
    return 0;
  },
};
