import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timestampProblem } from '../../../../src/pipeline/extract/time/timestamp.js';

const problemOf = (text: string) => timestampProblem(Buffer.from(text));

describe('timestampProblem', () => {
  test.each([
    '2019-01-31T09:30:00-05:00',
    '2019-01-31T09:30:00Z',
    '2019-01-31t09:30:00z',
    '2020-02-29T23:59:59.999999+14:00',
    '2000-02-29T00:00:00.1Z',
    '2019-01-01T00:00:00.123456789+15:59',
    '2019-01-01T00:00:00-00:00',
    '0001-01-01T00:00:00Z',
    '1955-04-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('%s is an instant', (text) => {
    expect(problemOf(text)).toBeUndefined();
  });

  test.each([
    ['2019-02-30T00:00:00Z', 'has no such day'],
    ['1900-02-29T00:00:00Z', 'has no such day'],
    ['2100-02-29T00:00:00Z', 'has no such day'],
    ['2019-04-31T00:00:00Z', 'has no such day'],
    ['2019-00-10T00:00:00Z', 'has no such month'],
    ['2019-13-01T00:00:00Z', 'has no such month'],
    ['2019-01-00T00:00:00Z', 'has no such day'],
    ['2019-01-01T24:00:00Z', 'has no such time of day'],
    ['2019-01-01T23:60:00Z', 'has no such time of day'],
    ['2016-12-31T23:59:60Z', 'is a leap second'],
    ['2019-01-01T00:00:61Z', 'has no such time of day'],
    ['2019-01-01T00:00:00+16:00', 'has no such offset'],
    ['2019-01-01T00:00:00+05:60', 'has no such offset'],
    ['0000-01-01T00:00:00Z', 'has the year 0, which does not exist'],
    ['2019-01-01T00:00:00.Z', 'has a fraction of other than 1 to 9 digits'],
    ['2019-01-01T00:00:00.1234567890Z', 'has a fraction of other than 1 to 9 digits'],
  ])('%s %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test.each([
    '',
    '2019-01-01',
    '2019-01-01T00:00:00',
    '2019-01-01 00:00:00Z',
    '2019-01-01T00:00Z',
    '2019-1-01T00:00:00Z',
    '2019-01-01T00:00:00+0500',
    '2019-01-01T00:00:00+05',
    '2019-01-01T00:00:00Zx',
    ' 2019-01-01T00:00:00Z',
    '20190101T000000Z',
    '10000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '01/02/2019',
    'now',
    'today',
    'infinity',
    'epoch',
    '1546300800',
    '2019-03-10T02:30:00 America/New_York',
    '２019-01-01T00:00:00Z',
  ])('%j is no RFC 3339 time', (text) => {
    expect(problemOf(text)).toMatch(/is not an RFC 3339 time/);
  });

  test('every instant that JavaScript writes is accepted', () => {
    const instants = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(instants, (date) => problemOf(date.toISOString()) === undefined));
  });

  test('arbitrary text is never accepted unless JavaScript reads it as the same instant', () => {
    const digits = fc.stringMatching(
      /^\d{4}-[0-3]\d-[0-4]\d[Tt ][0-3]\d:[0-7]\d:[0-7]\d(\.\d{0,4})?(Z|[+-]\d\d:\d\d|)$/,
    );
    fc.assert(
      fc.property(digits, (text) => {
        if (problemOf(text) !== undefined) return;
        // JavaScript carries over what does not exist; an accepted time must come back unchanged.
        const utc = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
        expect(new Date(utc).toISOString().slice(0, 19)).toBe(
          `${text.slice(0, 10)}T${text.slice(11, 19)}`,
        );
      }),
      { numRuns: 2000 },
    );
  });
});
