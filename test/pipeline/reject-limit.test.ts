import { expect, test } from 'vitest';
import { preview } from '../../src/pipeline/load/list-rejects.js';
import { checkRejects, parseRejectLimit } from '../../src/pipeline/load/reject-limit.js';

test.each([
  ['0', { lines: 0 }],
  ['100', { lines: 100 }],
  ['0.5%', { percent: 0.5 }],
  ['100%', { percent: 100 }],
])('--max-rejects %s', (text, limit) => {
  expect(parseRejectLimit(text)).toEqual(limit);
});

test.each(['', '%', '-1', '1.5', '101%', '1e3', 'x', '5 %'])(
  '--max-rejects %j is wrong use',
  (text) => {
    expect(() => parseRejectLimit(text)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  },
);

test.each([
  [{ lines: 2 }, 2, 10, true],
  [{ lines: 2 }, 3, 10, false],
  [{ percent: 10 }, 1, 10, true],
  [{ percent: 10 }, 2, 19, false],
  [{ percent: 0 }, 0, 0, true],
])('%j allows %d of %d lines: %s', (limit, rejected, lines, allowed) => {
  const check = () => {
    checkRejects(limit, { blank_line: 1000, invalid_json: rejected }, lines);
  };
  if (allowed) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: 'REJECTS_EXCEEDED' }));
});

test.each([
  ['plain é 😀', 'plain é 😀'],
  ['\u001b[31m\ttab\u0000\u009b', '\\x1b[31m\\x09tab\\x00\\x9b'],
  ['right\u202eleft\u2028', 'right\\u{202e}left\\u{2028}'],
  [Buffer.from([0x61, 0xff, 0xe9]), 'a\\xff\\xe9'],
  ['x'.repeat(81), `${'x'.repeat(80)}…`],
])('a preview of %j is safe to print', (raw, shown) => {
  expect(preview(Buffer.from(raw))).toBe(shown);
});
