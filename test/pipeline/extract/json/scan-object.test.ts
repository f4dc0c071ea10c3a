import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  maxDepth,
  scanObject,
  type Member,
} from '../../../../src/pipeline/extract/json/scan-object.js';

function scan(text: string | Buffer) {
  const bytes = Buffer.from(text);
  return scanObject(bytes, 0, bytes.length);
}

function reasonOf(text: string | Buffer): string {
  const result = scan(text);
  return Array.isArray(result) ? 'accepted' : result.reason;
}

/** What the members say, read again by JSON.parse. */
function rebuild(text: string, members: Member[]): unknown {
  const bytes = Buffer.from(text);
  const parts = members.map((member) =>
    bytes.toString('utf8', member.keyStart - 1, member.valueEnd),
  );
  return JSON.parse(`{${parts.join(',')}}`);
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('scanObject', () => {
  test('finds the members as they were written', () => {
    const text = ' { "a" : 1.50 , "b":{"c":[1,"]"]},"":null } \r';
    const members = scan(text) as Member[];
    expect(
      members.map((m) => [text.slice(m.keyStart, m.keyEnd), text.slice(m.valueStart, m.valueEnd)]),
    ).toEqual([
      ['a', '1.50'],
      ['b', '{"c":[1,"]"]}'],
      ['', 'null'],
    ]);
  });

  test('reads only between start and end', () => {
    const bytes = Buffer.from('x{"a":1}x');
    expect(scanObject(bytes, 1, 8)).toHaveLength(1);
    expect(scanObject(Buffer.from('{"a":tru'), 0, 8)).toMatchObject({ reason: 'invalid_json' });
    expect(scanObject(Buffer.from('{"a":true}'), 0, 8)).toMatchObject({ reason: 'invalid_json' });
    expect(scanObject(Buffer.from('{"a":"\\u00e9"}'), 0, 10)).toMatchObject({
      reason: 'invalid_json',
    });
  });

  test.each([
    ['{"a":"\\u0000"}', 'unsupported_json'],
    ['{"\\u0000":1}', 'unsupported_json'],
    ['{"a":"\\\\u0000"}', 'accepted'],
    ['{"a":"\\ud800"}', 'unsupported_json'],
    ['{"a":"\\udc00\\ud800"}', 'unsupported_json'],
    ['{"a":"\\ud83d\\ude00"}', 'accepted'],
    ['{"a":"\\ud83dx\\ude00"}', 'unsupported_json'],
    ['{"a":1e400}', 'accepted'],
    ['{"a":1e131071}', 'accepted'],
    ['{"a":1e131072}', 'unsupported_json'],
    ['{"a":1e-16383}', 'accepted'],
    ['{"a":1e-16384}', 'unsupported_json'],
    ['{"a":1e99999999999999999999}', 'unsupported_json'],
    ['{"a":0e999999}', 'accepted'],
    ['{"a":0.0000e131073}', 'accepted'],
    ['{"a":0.0e-16383}', 'unsupported_json'],
    ['{"a":0.001e131074}', 'accepted'],
    ['{"a":0.01e131074}', 'unsupported_json'],
    ['{"a":1.00e-16381}', 'accepted'],
    ['{"a":100e-16384}', 'unsupported_json'],
    [`{"a":[${Array(40).fill('1e131071').join(',')}]}`, 'unsupported_json'],
    [`{"a":${'9'.repeat(131_073)}}`, 'unsupported_json'],
    [`{"a":"\\u0000"`, 'invalid_json'],
    ['["\\u0000"]', 'not_an_object'],
    ['{"a":01}', 'invalid_json'],
    ['{"a":1.}', 'invalid_json'],
    ['{"a":-}', 'invalid_json'],
    ['{"a":1e}', 'invalid_json'],
    ['{"a":"\\x41"}', 'invalid_json'],
    ['{"a":"\\u00g0"}', 'invalid_json'],
    ['{"a":1,}', 'invalid_json'],
    ['{,}', 'invalid_json'],
    ['{"a" 1}', 'invalid_json'],
    ['{"a":[1,]}', 'invalid_json'],
    ['\u00a0{"a":1}', 'invalid_json'],
    ['', 'invalid_json'],
  ])('%s: %s', (text, expected) => {
    expect(reasonOf(text)).toBe(expected);
  });

  test('bytes that are no UTF-8 are the reason, whatever else is wrong', () => {
    expect(reasonOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe('invalid_utf8');
    expect(reasonOf(Buffer.from([0xff, 0xfe, 0x7b, 0x00]))).toBe('invalid_utf8');
    // An encoded surrogate is no UTF-8 either.
    expect(reasonOf(Buffer.from('7b2261223a22eda080227d', 'hex'))).toBe('invalid_utf8');
  });

  test('nesting is bounded', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(reasonOf(nested(maxDepth))).toBe('accepted');
    expect(reasonOf(nested(maxDepth + 1))).toBe('unsupported_json');
    expect(reasonOf('['.repeat(1_000_000))).toBe('unsupported_json');
  });

  test('accepts what JSON.parse accepts, and finds the same values', () => {
    const value = fc.object({
      maxDepth: 4,
      values: [
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
      ],
    });
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        const result = scan(text);
        if (Array.isArray(result)) expect(rebuild(text, result)).toEqual(JSON.parse(text));
        else
          expect([result.reason, /\\u0000|\\ud[89a-f]/.test(text)]).toEqual([
            'unsupported_json',
            true,
          ]);
      }),
      { numRuns: 500 },
    );
  });

  test('agrees with JSON.parse on damaged JSON', () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.constantFrom(
        '',
        '"',
        '\\',
        ',',
        ':',
        '{',
        '}',
        '[',
        ']',
        '0',
        '-',
        '.',
        'e',
        ' ',
        '\t',
        '\u0001',
        'u',
        'null',
        'é',
      ),
    );
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.array(damage, { maxLength: 3 }), (json, damages) => {
        let text = json;
        for (const [place, inserted] of damages) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + inserted + text.slice(at + (place % 2));
        }
        // A line is UTF-8, so half a surrogate pair cannot stand in it unescaped.
        if (/\p{Cs}/u.test(text)) return;
        const parsed = parse(text);
        const found = reasonOf(text);
        if (parsed === undefined) expect(found).toBe('invalid_json');
        else if (!isObject(parsed.value)) expect(found).toBe('not_an_object');
        else expect(['accepted', 'unsupported_json']).toContain(found);
      }),
      { numRuns: 3000 },
    );
  });
});
