import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InstantReader, instantOf } from '../../../../src/pipeline/extract/time/instant.js';
import { timestampProblem } from '../../../../src/pipeline/extract/time/timestamp.js';

/** What a reader without a memory says. */
function plainly(text: string): number {
  const bytes = Buffer.from(text, 'latin1');
  if (timestampProblem(bytes) !== undefined) return Number.NaN;
  const { seconds, microseconds } = instantOf(bytes, 0, bytes.length);
  return Math.abs(seconds) < 9e9 ? seconds * 1e6 + microseconds : Number.NaN;
}

describe('InstantReader', () => {
  test.each([
    ['2000-01-01T00:00:00Z', 0],
    ['2000-01-01T00:00:01.5Z', 1_500_000],
    ['1999-12-31T23:59:59.9999999Z', -1],
    ['2000-01-01T05:30:00+05:30', 0],
    ['1999-12-31T19:00:00.000001-05:00', 1],
  ])('%s is %d microseconds from 2000', (text, microseconds) => {
    const bytes = Buffer.from(`"${text}"`);
    expect(new InstantReader().read(bytes, 1, bytes.length - 1)).toBe(microseconds);
  });

  test('what came before makes no difference', () => {
    // Few dates, zones and fractions, so that times share them; and one byte that is another.
    const time = fc
      .record({
        date: fc.constantFrom('2019-01-31', '2019-02-01', '2019-02-30', '2290-01-01'),
        clock: fc.constantFrom(
          '00:00:00',
          '23:59:59',
          '24:00:00',
          '12:60:00',
          '12:34:60',
          '1a:00:00',
        ),
        fraction: fc.constantFrom('', '.5', '.123456789', '.'),
        zone: fc.constantFrom('Z', 'z', '-05:00', '+15:59', '+16:00'),
        spoilt: fc.option(fc.tuple(fc.nat(34), fc.integer({ min: 0, max: 255 })), { freq: 3 }),
      })
      .map(({ date, clock, fraction, zone, spoilt }) => {
        const bytes = Buffer.from(`${date}T${clock}${fraction}${zone}`);
        if (spoilt !== null && spoilt[0] < bytes.length) bytes[spoilt[0]] = spoilt[1];
        return bytes.toString('latin1');
      });
    fc.assert(
      fc.property(fc.array(time, { maxLength: 12 }), (times) => {
        const reader = new InstantReader();
        for (const text of times) {
          const bytes = Buffer.from(`xx${text}y`, 'latin1');
          expect(reader.read(bytes, 2, bytes.length - 1)).toBe(plainly(text));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
