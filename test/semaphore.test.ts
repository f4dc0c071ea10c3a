import { expect, test } from 'vitest';
import { Semaphore } from '../src/semaphore.js';

test('work waits in its order for a place, and an error frees one', async () => {
  const semaphore = new Semaphore(2);
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const begun: number[] = [];
  const results = [1, 2, 3, 4].map((number) =>
    semaphore.run(async () => {
      begun.push(number);
      await new Promise<void>((resolve, reject) => (ends[number] = { resolve, reject }));
      return number;
    }),
  );
  expect(begun).toEqual([1, 2]);
  expect(semaphore.waiting).toBe(2);
  ends[1]?.reject(new Error('failed'));
  await expect(results[0]).rejects.toThrow('failed');
  expect(begun).toEqual([1, 2, 3]);
  ends[3]?.resolve();
  await expect(results[2]).resolves.toBe(3);
  expect(begun).toEqual([1, 2, 3, 4]);
  for (const number of [2, 4]) ends[number]?.resolve();
  await expect(Promise.all([results[1], results[3]])).resolves.toEqual([2, 4]);
});
