import { expect, test } from 'vitest';
import { daybook } from '../test/pipeline/daybook-process.js';
import { createTestDatabase } from '../test/database.js';
import { chaos, chaosProject } from '../test/worker/chaos.js';
import { checkChaos } from '../test/worker/check-chaos.js';
import { reportTable } from './report.js';

const seeds = Number(process.env['DAYBOOK_CHAOS_SEEDS'] ?? 20);
const first = Number(process.env['DAYBOOK_CHAOS_FIRST'] ?? 1);
const size = {
  lines: Number(process.env['DAYBOOK_CHAOS_LINES'] ?? 5_000_000),
  notebooks: Number(process.env['DAYBOOK_CHAOS_NOTEBOOKS'] ?? 20),
  ...{ files: 20, padding: 0 },
};

test('chaos', { timeout: seeds * 30 * 60_000 }, async () => {
  const folder = await chaosProject(size);
  const clean = await createTestDatabase();
  const rows: string[][] = [];
  try {
    expect((await daybook(clean, folder, 'pipeline', 'run')).exitCode).toBe(0);
    for (let seed = first; seed < first + seeds; seed += 1) {
      const database = await createTestDatabase();
      try {
        const told = await chaos(
          ...[database, folder],
          { ...size, seed, everyMs: 3000, mostFaults: Infinity, limitMs: 25 * 60_000 },
          (dashboards) => checkChaos({ database, clean, dashboards, ...size }),
        );
        const { kills, cuts, freezes, seconds } = told;
        rows.push([seed, kills, cuts, freezes, `${seconds.toFixed(0)} s`].map(String));
      } finally {
        await database.drop();
      }
    }
  } finally {
    await clean.drop();
  }
  await reportTable('chaos', {
    title: 'Faults at random',
    method: `${size.lines.toLocaleString('en')} lines in ${size.files} files, three models, ${size.notebooks} notebooks and two schedules, by three workers, two schedulers and two dashboards, one of each but dashboards with a clock that is an hour ahead. About every three seconds one is killed (kill -9), a quarter of some sessions is ended, or a worker is frozen for 7 to 10 seconds. At the end every line is there once, tables equal those of one process, each schedule was one run, each notebook was published once, and both dashboards show it.`,
    columns: ['seed', 'kill -9', 'sessions ended', 'frozen', 'time'],
    rows,
  });
});
