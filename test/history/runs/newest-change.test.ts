import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readerConfig } from '../../../src/config/workspace-config.js';
import { deleteOldRuns } from '../../../src/history/runs/run-record.js';
import { Session } from '../../../src/pipeline/session.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { event, model, pipelineWorkspace } from '../../pipeline/pipeline-workspace.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const divided = (by: string) =>
  model('n: { type: bigint }', `select n / (${by}) as n from silver.a`);

test('the numbers come from the newest run that passed and changed any, whatever came after it', async () => {
  const { root, run, write } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
    'sql/silver/a.sql': model('n: { type: bigint }', 'select count(*) as n from bronze.log_event'),
    'sql/gold/b.sql': divided('3 - n'),
  });
  const session = new Session(() => readerConfig({ DAYBOOK_READER_URL: database.readerUrl }, root));
  const origin = async () => {
    const { finishedAt, ...rest } = await session.provenance();
    const ended = 'select finished_at as at from ops.pipeline_run where run_id = $1';
    expect(await database.rows(ended, rest.runId)).toEqual([{ at: finishedAt }]);
    return rest;
  };
  try {
    const first = await run();
    expect(await origin()).toMatchObject({
      runId: first.runId,
      dataThrough: '2019-01-05T15:00:00Z',
      timeZone: 'America/Toronto',
    });
    expect((await run()).runId).toBeGreaterThan(first.runId);
    expect(await origin()).toMatchObject({ runId: first.runId });

    // Lines are there and a model is not: no run to name until one passes, though that one changes only the model.
    write('data/b.log', event(2, '2019-01-06T10:00:00-05:00').repeat(2));
    expect((await run()).status).toBe('failed');
    expect(await origin()).toMatchObject({ runId: first.runId });
    write('sql/gold/b.sql', divided('3 + n'));
    const mended = await run();
    expect(await origin()).toMatchObject({
      runId: mended.runId,
      dataThrough: '2019-01-06T15:00:00Z',
    });

    rmSync(join(root, 'data/a.log'));
    const removed = await run({ allowRemoval: true });
    expect(await origin()).toMatchObject({ runId: removed.runId });
    await run();
    await deleteOldRuns(database.owner, { runs: 1, days: 1 });
    expect(await origin()).toMatchObject({ runId: removed.runId });
  } finally {
    await session.close();
  }
});
