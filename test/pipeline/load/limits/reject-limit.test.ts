import { expect, test } from 'vitest';
import {
  readDuration,
  readLineLimit,
  type LineLimit,
} from '../../../../src/config/environment/limits.js';
import { limitsOption } from '../../../../src/commands/pipeline/load-options.js';
import { preview } from '../../../../src/history/rejects/list-rejects.js';
import {
  checkFileRejects,
  refusedSource,
} from '../../../../src/pipeline/load/limits/reject-limit.js';
import type { RejectCounts } from '../../../../src/history/rejects/reject.js';

test.each([
  ['0', { lines: 0 }],
  ['100', { lines: 100 }],
  ['0.5%', { percent: 0.5 }],
  ['100%', { percent: 100 }],
])('the limit %s', (text, limit) => {
  expect(readLineLimit(text)).toEqual(limit);
  expect(limitsOption({ 'max-rejects': text })).toEqual({ maxRejects: limit, allowRemoval: false });
});

test.each(['', '%', '-1', '1.5', '101%', '1e3', 'x', '5 %'])('the limit %j is none', (text) => {
  expect(readLineLimit(text)).toBeUndefined();
  expect(() => limitsOption({ 'max-rejects': text })).toThrow(
    expect.objectContaining({ code: 'USAGE' }),
  );
});

test.each([
  ['1 day', 86_400_000],
  ['36 hours', 129_600_000],
  ['any', Infinity],
  ['1 month', undefined],
  ['-1 day', undefined],
  ['day', undefined],
])('%j is a duration of %s ms', (text, milliseconds) => {
  expect(readDuration(text)).toBe(milliseconds);
});

/** A file of so many lines beside a thousand blank ones. */
function refusal(limit: LineLimit, rejected: number, lines: number, read?: [number, number]) {
  const counts = (bad: number, all: number) => ({
    lines: all + 1000,
    rejects: { blank_line: 1000, invalid_json: bad } satisfies RejectCounts,
  });
  const whole = counts(rejected, lines);
  try {
    checkFileRejects(limit, {
      ...{ name: 'a.log', path: '/d/a.log', source: 's', samples: [], whole },
      read: read === undefined ? whole : counts(...read),
    });
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each([
  [{ lines: 2 }, 2, 10, true],
  [{ lines: 2 }, 3, 10, false],
  [{ percent: 10 }, 1, 10, true],
  [{ percent: 10 }, 1, 5, false],
  [{ percent: 10 }, 2, 19, false],
  [{ percent: 0 }, 0, 0, true],
  [{ percent: 0 }, 1, 1000, false],
  [{ percent: 100 }, 5, 5, true],
])('%j allows %d of %d lines of a file, and of a source: %s', (limit, rejected, lines, allowed) => {
  const read = { lines: lines + 1000, rejects: { blank_line: 1000, invalid_json: rejected } };
  for (const error of [refusal(limit, rejected, lines), refusedSource(limit, 's', read)]) {
    if (allowed) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: 'REJECTS_EXCEEDED' });
  }
});

test('new lines of a file that has grown are judged by themselves, unless they are a few', () => {
  const limit = { percent: 10 };
  expect(refusal(limit, 60, 10_000, [10, 100])).toBeUndefined();
  expect(refusal(limit, 60, 10_000, [60, 100])).toMatchObject({
    code: 'REJECTS_EXCEEDED',
    message: '60 of 100 lines are rejected (60 invalid_json), 10% may be',
    where: '/d/a.log',
    hint: expect.stringContaining('--max-rejects 60%') as string,
  });
});

test.each([
  [undefined, 5, 5, false],
  [undefined, 4, 5, true],
  [undefined, 0, 0, true],
  [{ lines: 100 }, 5, 5, false],
  [{ percent: 100 }, 5, 5, true],
])(
  'of a source something must be accepted, unless all may be rejected: %j, %d of %d',
  (limit, rejected, lines, allowed) => {
    const read = { lines, rejects: rejected === 0 ? {} : { invalid_json: rejected } };
    expect(refusedSource(limit, 's', read) === undefined).toBe(allowed);
  },
);

test.each([
  ['plain é 😀', 'plain é 😀'],
  ['\u001b[31m\ttab\u0000\u009b', '\\x1b[31m\\x09tab\\x00\\x9b'],
  ['right\u202eleft\u2028', 'right\\u{202e}left\\u{2028}'],
  [Buffer.from([0x61, 0xff, 0xe9]), 'a\\xff\\xe9'],
  ['x'.repeat(81), `${'x'.repeat(80)}…`],
])('a preview of %j is safe to print', (raw, shown) => {
  expect(preview(Buffer.from(raw))).toBe(shown);
});

test.each([
  [
    'invalid_utf8',
    'the line is not valid UTF-8',
    'caf\xe9',
    /declare encoding: in sql\/sources\/s\.yaml/,
  ],
  [
    'invalid_json',
    'byte 40: expected a value, found the end of the line',
    '{"type":"FeatureCollection","features": [',
    /^if the file is one object whose features holds the records: format: \{json: \{path: \[features\]\}\}/,
  ],
  [
    'invalid_json',
    'byte 9: expected a value, found the end of the line',
    '{"a": [1,',
    /whose a holds/,
  ],
  [
    'invalid_json',
    'byte 6: expected a value, found the end of the line',
    '{"a":',
    /^nothing of the file/,
  ],
  ['invalid_json', 'byte 1: expected a value, found "g"', 'garbage: [', /^nothing of the file/],
] as const)('a file of %s lines is told the key that helps: %s', (reason, message, raw, hint) => {
  const lines = { lines: 3, rejects: { [reason]: 3 } };
  const place = { lineNumber: 1, lineCount: 1, byteOffset: 0 };
  const samples = [{ reason, message, raw: Buffer.from(raw, 'latin1'), ...place }];
  const file = { name: 'a', path: '/d/a', source: 's', samples, whole: lines, read: lines };
  expect(() => {
    checkFileRejects({ lines: 0 }, file);
  }).toThrow(expect.objectContaining({ hint: expect.stringMatching(hint) as string }));
});
