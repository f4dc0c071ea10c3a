import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isReject } from '../../../../src/pipeline/extract/event/log-event.js';
import { createLineParser } from '../../../../src/pipeline/extract/lines/parse-line.js';
import { customerLogs } from '../../line-sources.js';
import { requireShared } from '../../../requirement.js';
import { readCases } from '../../line-cases.js';
import { anyJson, withTime, withUser } from '../../line-sources.js';

const text = (slice: { bytes: Uint8Array; start: number; end: number } | null) =>
  slice && Buffer.from(slice.bytes.subarray(slice.start, slice.end)).toString();

function parse(line: string | Buffer, source = customerLogs) {
  const result = createLineParser(source)(Buffer.from(line));
  return isReject(result)
    ? result
    : { columns: result.columns.map(text), payload: result.payload.map(text) };
}

const valid = {
  date: '2019-01-01T00:05:04-05:00',
  log_type: 'LOGIN',
  level: 'INFO',
  account: 10803,
};
const line = (changes: object) => JSON.stringify({ ...valid, ...changes });

describe('createLineParser', () => {
  test('gives columns their values and leaves the rest as it was written', () => {
    expect(
      parse(
        `{"date": "2019-01-01T00:05:04-05:00", "n": 12345678901234567890.10, "log_type": "LOGIN", "account": -7, "d": {"a": [1e2]}}`,
      ),
    ).toEqual({
      columns: ['-7', '2019-01-01T00:05:04-05:00', 'LOGIN', null],
      payload: ['"n": 12345678901234567890.10', '"d": {"a": [1e2]}'],
    });
  });

  test('decodes escapes in keys and values of columns', () => {
    expect(
      parse(line({}).replace('"log_type":"LOGIN"', '"log\\u005ftype":"L\\u00e9\\n\\ud83d\\ude00"')),
    ).toMatchObject({
      columns: ['10803', '2019-01-01T00:05:04-05:00', 'Lé\n😀', 'INFO'],
      payload: [],
    });
    expect(
      parse(line({ date: 'x' }).replace('"x"', '"2019-01-01T00:05:04\\u002d05:00"')),
    ).toMatchObject({
      columns: ['10803', '2019-01-01T00:05:04-05:00', 'LOGIN', 'INFO'],
    });
  });

  test('of two members with one name the last counts', () => {
    expect(parse(line({}).replace('}', ',"account":5}'))).toMatchObject({
      columns: ['5', valid.date, 'LOGIN', 'INFO'],
    });
  });

  test('a line says nothing about the next one', () => {
    const parse = createLineParser(customerLogs);
    parse(Buffer.from(line({ extra: 1, more: 2 })));
    parse(Buffer.from('no'));
    const result = parse(Buffer.from(line({ level: undefined, other: 3 })));
    expect(isReject(result) || [result.columns.map(text), result.payload.map(text)]).toEqual([
      ['10803', valid.date, 'LOGIN', null],
      ['"other":3'],
    ]);
  });

  test.each([
    ['', 'blank_line', 'the line is blank'],
    [' \t\r', 'blank_line', 'the line is blank'],
    [line({ account: undefined }), 'missing_field', '"account" is missing'],
    [line({ account: null }), 'missing_field', '"account" is null'],
    [
      line({ account: '5' }),
      'invalid_type',
      '"account" must be a whole number of 64 bits (coerce: true takes it as it is written): "5"',
    ],
    [line({ account: 5.5 }), 'invalid_type', '"account" must be a whole number of 64 bits: 5.5'],
    [
      line({}).replace('10803', '5e0'),
      'invalid_type',
      '"account" must be a whole number of 64 bits: 5e0',
    ],
    [
      line({}).replace('10803', '9223372036854775808'),
      'invalid_type',
      '"account" must be a whole number of 64 bits: 9223372036854775808',
    ],
    [
      line({ log_type: 5 }),
      'invalid_type',
      '"log_type" must be text (coerce: true takes it as it is written): 5',
    ],
    [line({ level: ['INFO'] }), 'invalid_type', '"level" must be text: ["INFO"]'],
    [line({ date: 1546300800 }), 'invalid_type', '"date" must be text: 1546300800'],
    [
      line({ date: 'now' }),
      'invalid_time',
      '"date" is not an RFC 3339 time with an offset, like 2019-01-31T09:30:00-05:00: "now"',
    ],
    [
      line({ date: '2019-02-30T00:00:00Z' }),
      'invalid_time',
      '"date" has no such day: "2019-02-30T00:00:00Z"',
    ],
  ])('%j: %s', (input, reason, message) => {
    expect(parse(input)).toEqual({ reason, message });
  });

  test.each(['-9223372036854775808', '9223372036854775807', '0', '-0'])(
    'account %s is accepted',
    (account) => {
      expect(parse(line({}).replace('10803', account))).toMatchObject({
        columns: [account, valid.date, 'LOGIN', 'INFO'],
      });
    },
  );

  test('every line of the case table ends as the table says', (context) => {
    const folder = requireShared(context, 'fixtures/lines');
    const cases = readCases(folder);
    expect(cases.length).toBeGreaterThan(80);
    for (const { file, line, offset, bytes, verdict } of cases) {
      const raw = readFileSync(join(folder, file)).subarray(offset, offset + bytes);
      const result = createLineParser(anyJson)(raw);
      const place = `${file}:${line}`;
      if (verdict === 'accept') expect([place, isReject(result)]).toEqual([place, false]);
      if (verdict === 'reject') expect([place, isReject(result)]).toEqual([place, true]);
      if (verdict === 'skip')
        expect([place, result]).toMatchObject([place, { reason: 'blank_line' }]);
    }
  });

  test('of the times of the case table only the real ones are accepted', (context) => {
    const folder = requireShared(context, 'fixtures/lines');
    const parse = createLineParser(withTime);
    const lines = readFileSync(join(folder, 'time.jsonl'), 'utf8').trimEnd().split('\n');
    const accepted = lines.filter((line) => !isReject(parse(Buffer.from(line))));
    expect(accepted.map((line) => (JSON.parse(line) as { timestamp: string }).timestamp)).toEqual([
      '2019-01-01T00:00:00+14:00',
      '2019-01-01T00:00:00+15:59',
      '10000-01-01T00:00:00Z',
    ]);
  });

  test('of the drifting types of the case table only the whole number is accepted', (context) => {
    const folder = requireShared(context, 'fixtures/lines');
    const parse = createLineParser(withUser);
    const lines = readFileSync(join(folder, 'drift.jsonl'), 'utf8').trimEnd().split('\n');
    const reasons = lines
      .map((line) => parse(Buffer.from(line)))
      .map((r) => (isReject(r) ? r.reason : 'ok'));
    expect(reasons).toEqual([
      'invalid_type',
      'ok',
      'invalid_type',
      'invalid_type',
      'invalid_type',
      'missing_field',
      'invalid_type',
      'invalid_type',
      'invalid_type',
      'invalid_type',
    ]);
  });
});
