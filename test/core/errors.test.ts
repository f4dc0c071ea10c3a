import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { DaybookError, describeError, errorCodes } from '../../src/errors.js';

test('docs/errors.md lists exactly the codes of the tree, with their exit codes', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `?([A-Z][A-Z0-9_]+)`?\s*\| (1|2|75)\s*\|/gm)];
  expect(Object.fromEntries(rows.map(([, code, exit]) => [code, Number(exit)]))).toStrictEqual(
    Object.fromEntries(Object.entries(errorCodes).map(([code, { exitCode }]) => [code, exitCode])),
  );
});

test('an error shows where, what, the causes and what to do', () => {
  const error = new DaybookError('INTERNAL', 'the model failed', {
    where: 'sql/gold/a.sql:3',
    hint: 'mend the query',
    cause: new Error('column "x" does not exist'),
  });
  expect(describeError(error)).toBe(
    [
      'sql/gold/a.sql:3: the model failed [INTERNAL]',
      'caused by: column "x" does not exist',
      '→ mend the query',
    ].join('\n'),
  );
  expect(describeError('plain')).toBe('"plain"');
});
