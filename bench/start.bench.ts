import { join } from 'node:path';
import { test } from 'vitest';
import { byTurns, runProcess, spread } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const rounds = 9;

test('the command line', async () => {
  const daybook = (...args: string[]) =>
    runProcess(process.execPath, ['bin/daybook.js', ...args], { cwd: root });
  const times = await byTurns(
    {
      'node alone': () => runProcess(process.execPath, ['-e', ''], { cwd: root }),
      'daybook --version': () => daybook('--version'),
      'daybook --help': () => daybook('--help'),
      'daybook notebooks --help': () => daybook('notebooks', '--help'),
    },
    rounds,
  );
  const peer = spread(times['node alone']).median;
  await reportTable('start', {
    title: 'The start of the command line',
    method: `Whole processes, ${rounds} rounds by turns; ratio of the medians to Node with an empty program.`,
    columns: ['command', 'median', 'range', 'ratio'],
    rows: Object.entries(times).map(([name, values]) => {
      const { min, median, max } = spread(values);
      return [
        `\`${name}\``,
        `${median.toFixed(0)} ms`,
        `${min.toFixed(0)}–${max.toFixed(0)} ms`,
        (median / peer).toFixed(2),
      ];
    }),
  });
});
