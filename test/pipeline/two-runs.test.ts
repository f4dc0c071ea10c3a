// @module-tag heavy
import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { createPool } from '../../src/warehouse/connect/pool.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';
import { warehouseContent } from './warehouse-content.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const models = {
  'sql/bronze/login.sql': model(
    'account: { type: bigint }, occurred_at: { type: timestamptz }',
    "select account, occurred_at from bronze.log_event where log_type = 'LOGIN'",
    'materialized: view\n',
  ),
  'sql/silver/month.sql': model(
    'month: { type: date }, logins: { type: bigint }',
    `select date_trunc('month', occurred_at at time zone time_zone)::date as month, count(*) as logins
    from bronze.log_event cross join bronze.report_parameter group by 1`,
    'incremental: { from: bronze.log_event, time: occurred_at, by: month, slice: month, key: [month] }\n',
  ),
  'sql/gold/total.sql': model(
    'logins: { type: numeric }',
    'select sum(logins) as logins from silver.month',
  ),
};

/** Connections on which every run gets the run's lock, as behind a pool that keeps no session. */
function withoutRunLock(): { owner: Pool } {
  const owner = createPool(database.ownerUrl, silentLogger);
  onTestFinished(() => owner.end());
  owner.on('connect', (client) => {
    const query = client.query.bind(client) as (...values: unknown[]) => unknown;
    const patched = (text: unknown, ...values: unknown[]): unknown =>
      typeof text === 'string' && text.includes('pg_try_advisory_xact_lock')
        ? query('select true as locked')
        : query(text, ...values);
    Object.assign(client, { query: patched });
  });
  return { owner };
}

test('whatever two runs do at once, every row is there once', async () => {
  const workspace = pipelineWorkspace(
    database,
    {
      ...models,
      'data/0.log': event(1, '2019-01-05T10:00:00Z'),
    },
    { allowRemoval: true },
  );
  const runs = [withoutRunLock(), withoutRunLock()];
  const names = ['0.log', '1.log', '2.log', '3.log'];
  const files = new Map([['0.log', event(1, '2019-01-05T10:00:00Z')]]);
  const step = fc.record({
    name: fc.constantFrom(...names),
    change: fc.constantFrom('append', 'replace', 'remove'),
    lines: fc.array(fc.record({ account: fc.nat(9), month: fc.integer({ min: 10, max: 12 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
  });
  const round = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    fullRefresh: fc.tuple(fc.boolean(), fc.boolean()),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 3 }), async (rounds) => {
      for (const { steps, fullRefresh } of rounds) {
        for (const { name, change, lines } of steps) {
          const text = lines
            .map(({ account, month }) => event(account, `2019-${month}-05T10:00:00Z`))
            .join('');
          const old = files.get(name) ?? '';
          if (change === 'remove' && name !== '0.log') {
            files.delete(name);
            rmSync(join(workspace.root, 'data', name), { force: true });
          } else {
            files.set(name, change === 'append' ? old + text : text);
            workspace.write(`data/${name}`, files.get(name) ?? '');
          }
        }
        const reports = await Promise.all(
          runs.map((warehouse, index) =>
            workspace.run({ warehouse, fullRefresh: fullRefresh[index] ?? false }),
          ),
        );
        expect(
          reports.flatMap(({ files: loaded, models: built }) =>
            [...loaded, ...built].flatMap(({ error }) => error ?? []),
          ),
        ).toEqual([]);
      }
      const content = () => warehouseContent(database.owner, ['silver.month', 'gold.total']);
      const { log_event: events } = await content();
      expect(await content()).toMatchObject({ isBalanced: true, isLoaded: true, isKept: true });
      // What these noted as done is done: the next run finds the rest, and a clean one no more.
      await workspace.run();
      const found = await content();
      expect(found['log_event']).toEqual(events);
      await workspace.run({ fullRefresh: true });
      expect(found).toEqual(await content());
    }),
    { numRuns: 12 },
  );
});
