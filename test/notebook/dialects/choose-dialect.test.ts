import { expect, test } from 'vitest';
import type { KernelInfo } from '../../../src/jupyter/kernel.js';
import { dialectOf } from '../../../src/notebook/dialects/kernel-dialect.js';

const dialect = (implementation: string) => dialectOf({ implementation } as KernelInfo);
const late = 'UncaughtException: Error: late\n    at evalmachine.<anonymous>:3:7\n';
const cell = {
  source: 'console.error("text")',
  typeImports: new Set<string>(),
  earlierSources: [],
  stderr: ['TypeError: bad\n    at evalmachine.<anonymous>:3:7\n'],
};

test.each(['daybook', 'ipython', 'ir', ''])(
  'stderr of the kernel "%s" is text of the cell, whatever it says',
  (implementation) => {
    const { failureOf, lateErrorOf, settles } = dialect(implementation);
    expect([failureOf(cell), lateErrorOf(late), settles]).toEqual([undefined, undefined, false]);
  },
);

test('stderr of tslab reports failures, and exceptions that no cell awaited', () => {
  const { failureOf, lateErrorOf, settles } = dialect('tslab');
  expect(failureOf(cell)).toMatchObject({
    failure: { kind: 'error', ename: 'TypeError', evalue: 'bad' },
    stderrTexts: cell.stderr,
  });
  expect(failureOf({ ...cell, stderr: [] })).toBeUndefined();
  expect(lateErrorOf(late)?.failure).toEqual({
    kind: 'late-error',
    ename: 'Error',
    evalue: 'late',
  });
  expect(lateErrorOf('Error: my own\n')).toBeUndefined();
  expect(settles).toBe(true);
});
