// @module-tag heavy
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi, type TestContext } from 'vitest';
import { notebookUser } from '../../../src/notebook/execute/notebook-user.js';
import { readUsers, type SystemUser } from '../../../src/system/system-users.js';
import { startTestLab } from '../../lab/lab.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { outputsOf, streamText } from '../notebooks.js';
import { TestProject } from '../project.js';

vi.setConfig({ testTimeout: 120_000 });

const plain = { databaseUrl: undefined, readerUrl: undefined, home: '/nowhere' };
const own = { databaseUrl: 'postgres://owner@h/d', readerUrl: 'postgres://reader@h/d', home: '/x' };
const users = [
  { name: 'root', uid: 0, gid: 0, home: '/root' },
  { name: 'nobody', uid: 65534, gid: 65534, home: '/' },
  { name: 'cells', uid: 990, gid: 991, home: '/home/cells' },
];

test('as whom notebooks run is ours where nobody is named', () => {
  expect(notebookUser({ ...plain, notebookUser: undefined }, true, users)).toBeUndefined();
  expect(notebookUser({ ...own, notebookUser: 'cells' }, true, users)).toEqual(users[2]);
});

test.each([
  [{ ...own, notebookUser: 'cells' }, false, /only root/],
  [{ ...own, notebookUser: 'who' }, true, /no user "who"/],
  [{ ...own, notebookUser: 'root' }, true, /"root" is root/],
  [{ ...own, readerUrl: undefined, notebookUser: 'cells' }, true, /DAYBOOK_READER_URL/],
])(
  'a user is refused who keeps nothing from notebooks, or cannot be had: %#',
  (config, isRoot, reason) => {
    expect(() => notebookUser(config, isRoot, users)).toThrow(reason);
  },
);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Who the cells of these tests run as; leaves a test out where we may not become somebody else. */
function requireUser(context: TestContext): SystemUser {
  const user = process.getuid?.() === 0 ? readUsers().find(({ uid }) => uid === 1) : undefined;
  return (
    user ?? context.skip('only root runs kernels as another user, and needs one with number 1')
  );
}

test('nor the user that the embedded Postgres runs as', (context) => {
  requireUser(context);
  expect(() => notebookUser({ ...plain, notebookUser: 'nobody' })).toThrow(/embedded Postgres/);
});

/** What a cell tries: files, the environments of all processes, and the warehouse. */
const attempts = (secret: string, key: string) => `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
const read = (path: string) => {
  try { return readFileSync(path, 'latin1'); } catch (error) { return (error as { code: string }).code; }
};
const seen = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).map((pid) => read('/proc/' + pid + '/environ') + read('/proc/' + pid + '/cmdline'));
const secret = Buffer.from('${Buffer.from(secret).toString('base64')}', 'base64').toString();
console.log(JSON.stringify({
  uid: process.getuid?.(), groups: process.getgroups?.(), home: process.env['HOME'], key: read(${JSON.stringify(key)}),
  found: seen.some((text) => text.includes(secret)),
  own: JSON.stringify(process.env).includes(secret),
  parent: read('/proc/' + process.env['JPY_PARENT_PID'] + '/environ'),
}));`;

test('a cell reads neither key nor password, has the warehouse, and its queries are on record', async (context) => {
  const { name } = requireUser(context);
  using project = new TestProject(database);
  chmodSync(project.root, 0o755);
  const key = join(project.root, 'session.key');
  writeFileSync(key, 'the key', { mode: 0o600 });
  const password = decodeURIComponent(new URL(database.ownerUrl).password);
  expect(password).not.toBe('');
  project.notebook('notebooks/a.ipynb', [
    attempts(password, key),
    `import { query } from 'daybook/pipeline';
       const rows = await query<{ who: string; writes: boolean }>("select current_user as who, has_schema_privilege('ops', 'create') as writes");
       console.log(JSON.stringify(rows));`,
  ]);
  const config = { ...database.config, root: project.root, notebookUser: name };
  const { notebooks } = await project.run({ config });
  expect(notebooks[0]).toMatchObject({ status: 'passed' });
  const { rows } = await database.owner.query<{ document: string; queries: number }>(
    `select document, jsonb_array_length(coalesce(queries::jsonb, '[]')) as queries
       from publication.notebook_run order by run_id desc limit 1`,
  );
  const document = JSON.parse(rows[0]?.document ?? '{}') as Parameters<typeof outputsOf>[0];
  expect(JSON.parse(streamText(outputsOf(document)[0] ?? []))).toMatchObject({
    uid: 1,
    key: 'EACCES',
    found: false,
    own: false,
    parent: 'EACCES',
  });
  expect(rows[0]?.queries).toBe(1);
  expect(streamText(outputsOf(document)[1] ?? [])).toContain('"writes":false');
});

test('nor does one of the lab', async (context) => {
  const user = requireUser(context);
  const lab = await startTestLab({ user });
  chmodSync(lab.folder, 0o755);
  const { status, json } = await lab.api('POST', '/api/kernels', { name: 'daybook' });
  expect(status).toBe(201);
  const { id } = json as { id: string };
  const state = async () => {
    const { json: model } = await lab.api('GET', `/api/kernels/${id}`);
    return (model as { execution_state: string }).execution_state;
  };
  await expect.poll(state, { timeout: 60_000 }).toBe('idle');
  const kernels = readdirSync('/proc').filter((pid) => isOurKernel(pid));
  expect(kernels.map((pid) => statSync(`/proc/${pid}`).uid)).toEqual([1]);
});

/** Whether a process is a kernel that this one has started. */
function isOurKernel(pid: string): boolean {
  try {
    const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return parent === String(process.pid) && command.includes('daybook-kernel-');
  } catch {
    return false;
  }
}
