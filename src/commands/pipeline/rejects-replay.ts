import { resolve } from 'node:path';
import { replayRejects } from '../../pipeline/rejects/replay-rejects.js';
import { limitsBySource } from '../../pipeline/load/limits/source-limits.js';
import { readSources } from '../../pipeline/project/read-sources.js';
import { countOf, formatCount } from '../../text/amounts.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';

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
