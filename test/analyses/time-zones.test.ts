// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulateLogs } from '../../sample-logs/simulation.js';
import { withSettings } from '../../src/warehouse/connect/session-settings.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { readAnswers } from './analyse.js';
import { login } from './log-lines.js';
import { computeAnswers } from './second-computation.js';

/*
 * The report is Toronto's wherever it is computed: `daybook pipeline run` in a process of one time
 * zone, with sessions of another, on a database of a third.
 */

const zones = ['Asia/Tokyo', 'America/St_Johns', 'UTC', 'Pacific/Kiritimati'] as const;
/** The clocks of Toronto and St. John's have changed in the 30 days before. */
const asOf = '2019-03-20T00:00:00-04:00';

let database: TestDatabase;
let lines: string[];
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = join(database.config.home, 'logs');
  const sample = { accounts: 60, months: 6, seed: 1, start: '2018-11' };
  lines = [
    // The last instant of those who churned, and the first of those who did not.
    login(1, '2019-02-17T23:00:00-05:00'),
    login(2, '2019-02-17T23:00:01-05:00'),
    // The borders of a year and of a month, which is another one in each of the zones.
    login(3, '2018-12-31T23:59:59-05:00'),
    login(4, '2019-01-01T00:00:00-05:00'),
    ...[...simulateLogs(sample)].flatMap(({ pieces }) =>
      [...pieces].flatMap(({ text }) => text.split('\n').slice(0, -1)),
    ),
  ];
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'all.log'), lines.map((line) => `${line}\n`).join(''));
});
afterAll(() => database.drop());

test.each(
  zones.map((server, index) => ({
    server,
    session: zones[(index + 1) % zones.length] ?? server,
    process: zones[(index + 2) % zones.length] ?? server,
  })),
)('the same answers with %j', async ({ server, session, process: processZone }) => {
  const name = new URL(database.ownerUrl).pathname.slice(1);
  await database.owner.query(`alter database ${name} set timezone to '${server}'`);
  await promisify(execFile)(
    process.execPath,
    [join(root, 'bin/daybook.js'), 'pipeline', 'run', '--full-refresh', '--data', dataDir],
    {
      cwd: root,
      env: {
        ...process.env,
        TZ: processZone,
        DATABASE_URL: withSettings(database.ownerUrl, { TimeZone: session }),
        DAYBOOK_HOME: database.config.home,
        DAYBOOK_REPORT_TIMEZONE: 'America/Toronto',
        DAYBOOK_REPORT_AS_OF: asOf,
      },
    },
  );
  const { rows } = await database.owner.query('select as_of, time_zone from silver.report');
  expect(rows).toEqual([{ as_of: '2019-03-20T04:00:00Z', time_zone: 'America/Toronto' }]);
  expect(await readAnswers(database.owner)).toEqual(computeAnswers(lines, 'America/Toronto', asOf));
  await database.owner.query('drop table gold.monthly_churn, gold.customers_by_province cascade');
});
