import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  queryCsv,
  queryJson,
  queryTable,
  type QueryResult,
} from '../../../src/commands/warehouse/query-result.js';

const oid = { bool: 16, bytea: 17, int8: 20, text: 25, float8: 701, numeric: 1700, numerics: 1231 };

function result(columns: Record<string, number>, ...rows: unknown[][]): QueryResult {
  const fields = Object.entries(columns).map(([name, dataTypeID]) => ({ name, dataTypeID }));
  return { fields, rows };
}

describe('a table', () => {
  it('is aligned, numbers on the right, NULL visible', () => {
    const table = queryTable(
      result(
        { month: oid.text, customers: oid.int8, rate: oid.numeric, complete: oid.bool },
        ['2019-01-01', 7n, '0.5', true],
        ['2019-02-01', 12345678901n, null, false],
      ),
    );
    expect(table).toBe(
      [
        'month      |   customers | rate | complete',
        '-----------+-------------+------+---------',
        '2019-01-01 |           7 |  0.5 | true',
        '2019-02-01 | 12345678901 | NULL | false',
        '(2 rows)',
        '',
      ].join('\n'),
    );
  });

  it('counts wide letters, accents and emoji as terminals do', () => {
    const table = queryTable(
      result({ a: oid.text, b: oid.text }, ['日本', 'x'], ['e\u0301te\u0301', 'x'], ['👩‍🚀', 'x']),
    );
    expect(table.split('\n').slice(2, 5)).toEqual(['日本 | x', 'e\u0301te\u0301  | x', '👩‍🚀   | x']);
  });

  it('lets nothing in the data command the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const table = queryTable(result({ a: oid.text, b: oid.int8 }, [text, 1n]));
        // eslint-disable-next-line no-control-regex -- these are the characters that must not come
        expect(table).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        expect(table.split('\n')).toHaveLength(5);
      }),
    );
    expect(queryTable(result({ a: oid.text }, ['\u001b[2J\n\u009b']))).toContain(
      '\\u001b[2J\\n\\u009b',
    );
  });

  it('says that there are no rows, or one', () => {
    expect(queryTable(result({ a: oid.text }))).toBe('a\n-\n(0 rows)\n');
    expect(queryTable(result({ a: oid.text }, ['x']))).toMatch(/\(1 row\)\n$/);
  });
});

describe('CSV', () => {
  it('is quoted as RFC 4180 has it, and tells NULL from an empty text', () => {
    const csv = queryCsv(
      result(
        { 'a,b': oid.text, n: oid.int8, raw: oid.bytea, list: oid.numerics },
        ['say "x"\r\n', 9007199254740993n, Buffer.from([1, 255]), ['1.50', null]],
        ['', null, null, []],
      ),
    );
    expect(csv).toBe(
      '"a,b",n,raw,list\r\n' +
        '"say ""x""\r\n",9007199254740993,\\x01ff,"[""1.50"",null]"\r\n' +
        '"",,,[]\r\n',
    );
  });

  it('gives every text back to a reader of RFC 4180', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 2 })), (rows) => {
        const [, ...lines] = readCsv(queryCsv(result({ a: oid.text, b: oid.text }, ...rows)));
        expect(lines).toEqual(rows);
      }),
    );
  });

  /** The grammar of RFC 4180, section 2, as one expression for a field and what ends it. */
  function readCsv(text: string): string[][] {
    const rows: string[][] = [];
    let row: string[] = [];
    for (const [, quoted, plain, end] of text.matchAll(
      /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
    )) {
      row.push(quoted?.replaceAll('""', '"') ?? plain!);
      if (end !== ',') {
        rows.push(row);
        row = [];
      }
    }
    return rows;
  }
});

describe('JSON', () => {
  it('is an array of objects, one on a line', () => {
    expect(queryJson(result({ a: oid.text, b: oid.bool }, ['x', true], [null, false]))).toBe(
      '[\n{"a":"x","b":true},\n{"a":null,"b":false}\n]\n',
    );
    expect(queryJson(result({ a: oid.text }))).toBe('[]\n');
  });

  it.each<[number, unknown, unknown]>([
    [oid.int8, 9007199254740991n, 9007199254740991],
    [oid.int8, -9007199254740993n, '-9007199254740993'],
    [oid.numeric, '0.50', 0.5],
    [oid.numeric, '-123456789.012345', -123456789.012345],
    [oid.numeric, '0.0000001234', 0.0000001234],
    [oid.numeric, '1234567890.1234567', '1234567890.1234567'],
    [oid.numeric, 'NaN', 'NaN'],
    [oid.numerics, ['1.5', null, '12345678901234567890'], [1.5, null, '12345678901234567890']],
    [oid.float8, Infinity, 'Infinity'],
    [oid.float8, 0.1, 0.1],
    [oid.float8, -0, -0],
    [oid.text, '12', '12'],
    [oid.bytea, Buffer.from([0, 255]), '\\x00ff'],
  ])('of type %i: %s becomes %s', (type, value, expected) => {
    expect(JSON.parse(queryJson(result({ value: type }, [value])))).toEqual([{ value: expected }]);
  });

  it('holds every bigint and numeric exactly', () => {
    const decimal = fc
      .tuple(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.nat(20))
      .map(([digits, scale]) => {
        const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
        const point = text.length - scale;
        const fraction = scale === 0 ? '' : `.${text.slice(point)}`;
        return `${digits < 0n ? '-' : ''}${text.slice(0, point)}${fraction}`;
      });
    fc.assert(
      fc.property(decimal, (value) => {
        const [row] = JSON.parse(queryJson(result({ value: oid.numeric }, [value]))) as {
          value: string | number;
        }[];
        if (typeof row!.value === 'string') expect(row!.value).toBe(value);
        // To 20 places the double is the decimal that it came from, when that had few digits.
        else expect(sameDecimal(row!.value.toPrecision(15), value)).toBe(true);
      }),
    );
  });

  const sameDecimal = (left: string, right: string): boolean => expand(left) === expand(right);

  /** A decimal, with or without exponent, as whole number of 10^-60. */
  function expand(text: string): bigint {
    const [mantissa = '', exponent = '0'] = text.split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    return BigInt(whole + fraction) * 10n ** BigInt(60 + Number(exponent) - fraction.length);
  }

  it('refuses two columns of one name, of which an object could hold only one', () => {
    const fields = [1, 2].map(() => ({ name: 'a', dataTypeID: oid.int8 }));
    expect(() => queryJson({ fields, rows: [[1n, 2n]] })).toThrow(/two columns are called "a"/);
  });
});
