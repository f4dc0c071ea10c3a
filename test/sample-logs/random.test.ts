import { expect, test } from 'vitest';
import { chooseByWeight, createRandom } from '../../sample-logs/random.js';

test('a seed gives the same numbers for ever, and a stream of it others', () => {
  const draw = (seed: number, stream?: number): number[] => {
    const random = createRandom(seed, stream);
    return Array.from({ length: 4 }, () => random.below(1_000_000));
  };
  expect({
    zero: draw(0),
    one: draw(1),
    largest: draw(2 ** 32 - 1),
    secondStream: draw(1, 1),
  }).toMatchInlineSnapshot(`
    {
      "largest": [
        117881,
        448627,
        899871,
        557031,
      ],
      "one": [
        133426,
        760942,
        163698,
        537442,
      ],
      "secondStream": [
        822331,
        456199,
        939205,
        635832,
      ],
      "zero": [
        332363,
        461163,
        106304,
        768390,
      ],
    }
  `);
});

test('numbers fill their range evenly', () => {
  const random = createRandom(7);
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw += 1) counts[random.below(10)]! += 1;
  // Four standard deviations of a binomial distribution are 380.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(380);
});

test('weights out of a thousand are kept, and may leave a rest', () => {
  const random = createRandom(7);
  const counts = new Map<number | undefined, number>();
  for (let draw = 0; draw < 100_000; draw += 1) {
    const chosen = chooseByWeight(random, [{ weight: 600 }, { weight: 100 }]);
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
  }
  expect(counts.get(0)! / 100_000).toBeCloseTo(0.6, 2);
  expect(counts.get(1)! / 100_000).toBeCloseTo(0.1, 2);
  expect(counts.get(undefined)! / 100_000).toBeCloseTo(0.3, 2);
});
