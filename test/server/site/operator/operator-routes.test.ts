// @module-tag heavy
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOperator } from '../../../../src/commands/dashboard/operate.js';
import { silentLogger } from '../../../../src/logger.js';
import { defaultProject } from './operator-project.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import {
  giveUsers,
  openForm,
  postForm,
  startAccessServer,
  type AccessServer,
} from '../../access/access-server.js';

const path = '/pipeline/operate';
let database: TestDatabase;
let server: AccessServer;
let operator: ReturnType<typeof createOperator>;
beforeAll(async () => {
  database = await createTestDatabase();
  const config = { ...database.config, project: defaultProject };
  operator = createOperator(config, silentLogger);
  const { schedules } = defaultProject;
  server = await startAccessServer(
    database,
    { DAYBOOK_OPERATORS: 'ops, night', DAYBOOK_TRUSTED_PROXIES: 'loopback' },
    { operator, scheduled: { schedules, timeZone: 'UTC' } },
  );
  await giveUsers(server.folder, { ann: ['ops'], ben: ['sales'] });
});
afterAll(async () => {
  await server.close();
  await operator.close();
  await database.drop();
});

const paused = async () => {
  const { rows } = await database.owner.query<{ by: string | null }>(
    "select paused_by as by from ops.schedule where schedule = 'nightly'",
  );
  return rows[0]?.by ?? null;
};
const messageOf = async (cookie: string, location: string | null) => {
  const page = await server.send(location ?? '', { headers: { Cookie: cookie } });
  return /role="status"[^>]*>([^<]*)</.exec(await page.text())?.[1];
};

test('operators act once, whoever sends a form twice, and it is in the audit log', async () => {
  const cookie = await server.signIn('ann');
  const page = await server.send('/pipeline', { headers: { Cookie: cookie } });
  expect(await page.text()).toContain(`href="${path}"`);
  const form = await openForm(server.send, path, cookie);
  const messages: (string | undefined)[] = [];
  for (const fields of [
    { action: 'pause', name: 'nightly' },
    { action: 'pause', name: 'nightly' },
    { action: 'run', name: 'nightly' },
    { action: 'run', name: 'nightly' },
    { action: 'stop', name: 'nightly' },
    { action: 'stop', name: 'nightly' },
    { action: 'resume', name: 'nightly' },
    // A page from before the schedule was taken out of the project file.
    { action: 'pause', name: 'weekly' },
    { action: 'cancel', name: '17' },
    { action: 'cancel-backfill', name: '17' },
  ]) {
    const response = await postForm(server.send, path, form, fields);
    expect(response.status).toBe(303);
    messages.push(await messageOf(form.cookie, response.headers.get('Location')));
    if (messages.length === 1) expect(await paused()).toBe('ann');
  }
  expect(messages).toEqual([
    'nightly is paused.',
    'nightly was paused already.',
    'nightly is asked for; a scheduler does it.',
    'nightly waits or is at work already.',
    'nightly is being stopped.',
    'nightly is at nothing.',
    'nightly goes on.',
    'There is no weekly any more. Nothing was done.',
    'Run 17 has ended already.',
    'No process is at backfill 17 any more.',
  ]);
  const done = server.audit().filter(({ event }) => event === 'operate');
  expect(done).toHaveLength(messages.length);
  expect(done[0]).toMatchObject({ name: 'ann', detail: 'pause nightly: done' });
});

test('forged forms, others and nobody do nothing', async () => {
  const cookie = await server.signIn('ann');
  const form = await openForm(server.send, path, cookie);
  const fields = { action: 'pause', name: 'nightly' };
  const forged = await postForm(server.send, path, { ...form, token: 'forged' }, fields);
  expect(await messageOf(cookie, forged.headers.get('Location'))).toContain('Nothing was done');
  const elsewhere = { 'Sec-Fetch-Site': 'cross-site' };
  const foreign = await postForm(server.send, path, form, fields, elsewhere);
  expect(await messageOf(cookie, foreign.headers.get('Location'))).toContain('Nothing was done');
  const unknown = await postForm(server.send, path, form, { action: 'drop', name: 'nightly' });
  expect(unknown.status).toBe(400);
  const other = await server.signIn('ben');
  for (const method of ['GET', 'POST']) {
    const headers = { Cookie: other, Accept: 'text/html' };
    expect((await server.send(path, { method, headers })).status).toBe(404);
    const json = { Accept: 'application/json' };
    expect((await server.send(path, { method, headers: json })).status).toBe(401);
  }
  const page = await server.send('/pipeline', { headers: { Cookie: other } });
  expect(await page.text()).not.toContain(path);
  expect(await paused()).toBeNull();
});
