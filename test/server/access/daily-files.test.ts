import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DailyFiles } from '../../../src/server/access/daily-files.js';
import { temporaryFolder } from '../../temporary-folder.js';

test('files of days that are over long enough are deleted, others kept', async () => {
  const folder = temporaryFolder();
  let now = new Date('2026-01-01T12:00:00Z');
  const files = new DailyFiles({ folder, name: 'audit', keepDays: 2 }, () => now);
  writeFileSync(join(folder, 'other-2020-01-01.jsonl'), '');
  for (const day of ['01', '02', '03', '04']) {
    now = new Date(`2026-01-${day}T12:00:00Z`);
    await files.append({ day });
  }
  expect((await files.read()).map(({ day }) => day)).toEqual(['02', '03', '04']);
  expect(readdirSync(folder)).toContain('other-2020-01-01.jsonl');
});
