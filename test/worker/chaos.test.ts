// @module-tag heavy
import { expect, test } from 'vitest';
import { createTestDatabase } from '../database.js';
import { daybook } from '../pipeline/daybook-process.js';
import { chaos, chaosProject } from './chaos.js';
import { checkChaos } from './check-chaos.js';

test(
  'processes are killed, frozen and cut off at random: every line once, one run for each schedule, each notebook published once',
  { timeout: 600_000 },
  async () => {
    const size = { lines: 60_000, files: 6, notebooks: 3, padding: 1200 };
    const folder = await chaosProject(size);
    const [database, clean] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      expect((await daybook(clean, folder, 'pipeline', 'run')).exitCode).toBe(0);
      await chaos(
        ...[database, folder],
        { ...size, seed: 1, everyMs: 1500, mostFaults: 12, limitMs: 500_000 },
        (dashboards) => checkChaos({ database, clean, dashboards, ...size }),
      );
    } finally {
      await Promise.all([database.drop(), clean.drop()]);
    }
  },
);
