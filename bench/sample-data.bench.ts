import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { runProcess, spread, timed } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const rounds = 3;
const sizes = ['10MB', '100MB', '1GB'];

test('sample data', async () => {
  const rows: string[][] = [];
  for (const size of sizes) {
    const [times, copies, memory]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const work = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
      try {
        const output = join(work, 'logs');
        const made = await runProcess(
          process.execPath,
          ['bin/daybook.js', 'sample-data', '--size', size, '--output', output],
          { cwd: root },
        );
        if (made.exitCode !== 0) throw new Error(made.output);
        times.push(made.milliseconds);
        memory.push(made.peakMemory);
        copies.push(await timed(() => spawnSync('cp', ['-r', output, join(work, 'copy')])));
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
    const { min, median, max } = spread(times);
    rows.push([
      size,
      `${(median / 1000).toFixed(1)} s`,
      `${(min / 1000).toFixed(1)}–${(max / 1000).toFixed(1)} s`,
      `${(spread(memory).max / 1e6).toFixed(0)} MB`,
      (median / spread(copies).median).toFixed(1),
    ]);
  }
  await reportTable('sample-data', {
    title: 'Sample data',
    method: `\`daybook sample-data --size SIZE\` as a whole process, ${rounds} rounds; ratio of the medians to \`cp -r\` of what it wrote. Goal: 100 MB in a few seconds.`,
    columns: ['size', 'median', 'range', 'peak memory', 'ratio to cp'],
    rows,
  });
});
