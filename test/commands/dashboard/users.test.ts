// @module-tag heavy
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyPassword } from '../../../src/server/access/password-hash.js';
import { readUsers } from '../../../src/server/access/users.js';
import { root } from '../../database.js';

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'daybook-users-'));
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

async function users(words: readonly string[], input = '') {
  const program = join(root, 'bin/daybook.js');
  const child = spawn(process.execPath, [program, 'users', ...words], {
    cwd: root,
    env: { ...process.env, DAYBOOK_HOME: home, DAYBOOK_SIGN_IN: 'password' },
  });
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await closed, stdout, stderr };
}

test('users are added, listed, changed and removed; passwords come from standard input', async () => {
  const folder = join(home, 'access');
  const added = await users(
    ['add', 'Ada', '--groups', 'finance, board'],
    'correct horse battery\n',
  );
  expect(added).toEqual({ status: 0, stdout: 'ada may sign in.\n', stderr: '' });
  expect(JSON.parse((await users(['list', '--json'])).stdout)).toEqual([
    { name: 'ada', groups: ['finance', 'board'] },
  ]);
  const again = await users(['add', 'ADA'], 'correct horse battery\n');
  expect(again.status).toBe(2);
  expect(again.stderr).toContain('[USER_EXISTS]');

  const before = (await readUsers(folder)).get('ada')?.password;
  expect(await verifyPassword('correct horse battery', before)).toBe(true);
  expect((await users(['password', 'ada'], 'another, longer one\n')).status).toBe(0);
  const after = (await readUsers(folder)).get('ada')?.password;
  expect(await verifyPassword('another, longer one', after)).toBe(true);

  expect((await users(['groups', 'ada', 'sales'])).stdout).toBe('ada: sales\n');
  expect((await users(['list'])).stdout).toBe('name  groups\nada   sales\n');
  expect((await users(['sign-out', 'someone@example.org'])).status).toBe(0);
  expect((await users(['remove', 'ada'])).status).toBe(0);
  expect((await users(['list'])).stdout).toBe('There are no users.\n');
  expect(readFileSync(join(folder, 'users.json'), 'utf8')).not.toContain('correct horse');
});

test('passwords that are too short or missing, and names that are none, are refused', async () => {
  for (const [words, input, problem] of [
    [['add', 'bo'], 'short\n', 'fewer than 12 characters'],
    [['add', 'bo'], '', 'standard input ended before the password'],
    [['add', '../../bo'], 'correct horse battery\n', "cannot be a user's name"],
    [['password', 'bo'], 'correct horse battery\n', 'there is no user "bo"'],
    [['add', 'bo', 'a password'], '', 'unexpected argument'],
  ] as const) {
    const { status, stderr } = await users(words, input);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
  }
});
