import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readUsers, userName } from '../../../src/server/access/users.js';
import { temporaryFolder } from '../../temporary-folder.js';

test('names of users are told apart without regard to case or width', () => {
  expect(userName(' Ada ')).toBe('ada');
  expect(userName('ＡＤＡ')).toBe('ada');
  expect(userName('ada@example.org')).toBe('ada@example.org');
  for (const odd of ['', '-x', 'a b', 'a/b', '__proto__', '<b>', 'a'.repeat(101)]) {
    expect([odd, userName(odd)]).toEqual([odd, undefined]);
  }
});

test('a file of users that is broken lets nobody in and is told of', async () => {
  const folder = temporaryFolder();
  expect((await readUsers(folder)).size).toBe(0);
  writeFileSync(join(folder, 'users.json'), '{"users": [{"name": 1}]}');
  await expect(readUsers(folder)).rejects.toMatchObject({ code: 'USERS_INVALID' });
});
