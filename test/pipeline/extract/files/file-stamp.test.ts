import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../temporary-folder.js';
import { fileStamp } from '../../../../src/pipeline/extract/files/find-files.js';

test('says nothing of a file that changed just now, and the same as long as it does not change', () => {
  const path = join(temporaryFolder(), 'a');
  writeFileSync(path, 'a');
  const stamp = (later: number) => {
    const status = statSync(path, { bigint: true });
    return fileStamp(status, Number(status.ctimeNs / 1_000_000n) + later);
  };
  expect(stamp(0)).toBeUndefined();
  expect(stamp(4000)).toBeUndefined();
  // A clock that was put back.
  expect(stamp(-100_000)).toBeUndefined();
  const first = stamp(60_000);
  expect(first).toBeTypeOf('string');
  expect(stamp(70_000)).toBe(first);
  const { atime, mtime, ctimeMs } = statSync(path);
  // The clock of a file system ticks slowly.
  do writeFileSync(path, 'b');
  while (statSync(path).ctimeMs === ctimeMs);
  utimesSync(path, atime, mtime);
  expect(stamp(60_000)).not.toBe(first);
});
