import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rejectPath } from '../../../src/pipeline/rejects/reject-file.js';

test('rejected lines of whatever object stay below the folder, under a name that a disk takes', () => {
  const part = fc.oneof(
    fc.constantFrom('', '.', '..', 'a b', 'x.log'),
    fc.string({ unit: 'binary', maxLength: 400 }).filter((text) => !/[/\0]/.test(text)),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const path = rejectPath(`s3://logs/${parts.join('/')}`);
      expect(resolve('/out', path)).toBe(join('/out', path));
      expect(resolve('/out', path).startsWith('/out/s3/logs/')).toBe(true);
      for (const name of path.split('/')) expect(Buffer.byteLength(name)).toBeLessThan(245);
    }),
  );
  expect(rejectPath('below/b.log')).toBe('below/b.log');
});
