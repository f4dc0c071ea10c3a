import { expect, test } from 'vitest';
import { DaybookError } from '../../src/errors.js';
import { withRetries } from '../../src/pipeline/retry.js';
import { isTransient } from '../../src/warehouse/connect/is-transient.js';

const postgres = (code: string) => Object.assign(new Error('no'), { severity: 'ERROR', code });
const { signal } = new AbortController();

test.each([
  ...['08006', '08003', '40001', '40P01', '53300', '55P03', '57P01', '57P02', '57P03'].map(
    (code) => [code, true] as const,
  ),
  ...['42601', '23505', '22012', '57014', '53100', '57P04'].map((code) => [code, false] as const),
])('SQLSTATE %s may go away: %s', (code, transient) => {
  expect(isTransient(postgres(code))).toBe(transient);
  const wrapped = new DaybookError('MODEL_FAILED', 'refused', { cause: postgres(code) });
  expect(isTransient(wrapped)).toBe(transient);
});

test.each([
  [
    'a connection that breaks',
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    true,
  ],
  ['a server that is not there', Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), true],
  ['the driver says so', new Error('Connection terminated unexpectedly'), true],
  ['an unavailable warehouse', new DaybookError('WAREHOUSE_UNAVAILABLE', 'away'), true],
  ['a file that is not there', Object.assign(new Error('no'), { code: 'ENOENT' }), false],
  ['a mistake of ours', new TypeError('x is not a function'), false],
  ['wrong use', new DaybookError('USAGE', 'no'), false],
  ['no error', 'Connection terminated', false],
])('%s may go away or not', (_, error, transient) => {
  expect(isTransient(error)).toBe(transient);
});

test('tries again after a while, a few times, and then says why', async () => {
  const attempts: number[] = [];
  const told: unknown[] = [];
  const options = {
    signal,
    delaysMs: [1, 2],
    onRetry: (attempt: number, _: unknown, delayMs: number) => told.push([attempt, delayMs]),
  };
  const work = (attempt: number): Promise<never> => {
    attempts.push(attempt);
    return Promise.reject(postgres('40P01'));
  };
  await expect(withRetries(work, options)).rejects.toMatchObject({ code: '40P01' });
  expect(attempts).toEqual([1, 2, 3]);
  expect(told).toEqual([
    [1, 1],
    [2, 2],
  ]);
  attempts.length = 0;
  const wrong = (attempt: number): Promise<never> => {
    attempts.push(attempt);
    return Promise.reject(postgres('42601'));
  };
  await expect(withRetries(wrong, options)).rejects.toMatchObject({ code: '42601' });
  expect(attempts).toEqual([1]);
});

test('a run that is stopped does not wait for the next attempt', async () => {
  const controller = new AbortController();
  const reason = new Error('stopped');
  const options = {
    signal: controller.signal,
    delaysMs: [3_600_000],
    onRetry: () => {
      controller.abort(reason);
    },
  };
  await expect(withRetries(() => Promise.reject(postgres('40001')), options)).rejects.toBe(reason);
});
