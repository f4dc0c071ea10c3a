// Conversion of text fields to the types of columns. A new column type gets its conversion here; its name is in
// definitions/source.ts.

import type { SourceColumn } from '../../definitions/source.js';
import { matchPlainly, type Match } from './match.js';
import { createNormalize, numberAdvice, toSinglePrecision } from './numbers.js';
import type { RejectReason } from '../../../history/rejects/reject.js';
import { createTimeReader } from '../time/time-format.js';

/** A converted value, see `LogEvent`; or why the text is rejected. */
export type Converted =
  | {
      readonly value: string;
      /** See `Value`. */
      readonly number?: number;
    }
  /** The problem follows the field's name: `must be …`. */
  | { readonly reason: RejectReason; readonly problem: string };

/** Converts the text of a field. */
export type Conversion = (text: string) => Converted;

/**
 * The conversion for a column of any type but jsonb. Blanks around a value are ignored, except in texts.
 *
 * @param file - The name of the file that is read.
 */
export function createConversion(column: SourceColumn, file?: string, match?: Match): Conversion {
  const { type } = column;
  switch (type) {
    case 'text':
    case 'varchar':
    case 'jsonb':
      return createTextConversion(column, match);
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz': {
      const read = createTimeReader({ ...column, type }, file);
      return (text) => {
        const reading = read(text);
        if ('problem' in reading) return { reason: 'invalid_time', problem: reading.problem };
        const { value } = reading;
        // Days are four bytes, not eight.
        return type !== 'date' && typeof value === 'number'
          ? { value: '', number: value }
          : { value: String(value) };
      };
    }
    case 'boolean':
      return (text) => {
        const value = booleanOf(text.trim().toLowerCase());
        return value === undefined
          ? wrong('must be true or false, yes or no, on or off, 1 or 0')
          : { value: String(value) };
      };
    case 'smallint':
    case 'integer':
    case 'bigint':
      return createWholeConversion(column, wholeBits[type]);
    case 'numeric':
    case 'real':
    case 'double precision':
      return createNumberConversion(column, limitOf({ ...column, type }));
  }
}

function createTextConversion(
  { matches, trim, length }: SourceColumn,
  match: Match = matchPlainly,
): Conversion {
  const pattern = matches === undefined ? undefined : new RegExp(`^(?:${matches})$`, 'u');
  return (text) => {
    const value = trim === true ? text.trim() : text;
    if (length !== undefined && isLonger(value, length)) {
      return wrong(`must be at most ${length} characters`, 'type: text holds any');
    }
    return pattern === undefined || match(pattern, value) !== null
      ? { value }
      : { reason: 'invalid_value', problem: `does not match ${matches ?? ''}` };
  };
}

/** Whether a text has more characters than a limit, in code points like Postgres. */
function isLonger(text: string, length: number): boolean {
  return text.length > length && (text.length > 2 * length || Array.from(text).length > length);
}

/** Postgres's words for booleans, and their unambiguous abbreviations. */
function booleanOf(word: string): boolean | undefined {
  if (word === '1' || (word.length > 0 && ('true'.startsWith(word) || 'yes'.startsWith(word)))) {
    return true;
  }
  if (word === '0' || (word.length > 0 && ('false'.startsWith(word) || 'no'.startsWith(word)))) {
    return false;
  }
  if (word === 'on') return true;
  return word === 'of' || word === 'off' ? false : undefined;
}

const wholeBits = { smallint: 16, integer: 32, bigint: 64 } as const;

function createWholeConversion(column: SourceColumn, bits: number): Conversion {
  const normalize = createNormalize(column);
  const problem = `must be a whole number of ${bits} bits`;
  return (text) => {
    const digits = normalize(text);
    if (digits === undefined) return wrong(problem);
    if (/^[+-]?\d{1,30}$/.test(digits)) {
      const value = BigInt(digits.replace('+', ''));
      if (value === BigInt.asIntN(bits, value)) return { value: value.toString() };
      return wrong(problem);
    }
    const isFraction = /^[+-]?\d*\.\d*$/.test(digits) && digits.length > 1;
    return wrong(problem, isFraction ? 'type: numeric holds fractions' : numberAdvice(digits));
  };
}

/** @param limit - Checks a normalised number against the column's type. */
function createNumberConversion(column: SourceColumn, limit: Conversion): Conversion {
  const normalize = createNormalize(column);
  return (text) => {
    const digits = normalize(text);
    if (digits === undefined) return wrong('must be a number as it is declared');
    if (digits.length > maxNumberLength || !numberShape.test(digits)) {
      const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits);
      return wrong(isNumber ? aNumber : 'must be a number', numberAdvice(digits));
    }
    return limit(digits);
  };
}

function limitOf({
  type,
  precision,
  scale = 0,
}: SourceColumn & { readonly type: 'numeric' | 'real' | 'double precision' }): Conversion {
  if (type === 'double precision')
    return (digits) => held(Number(digits), digits, 64) ?? { value: digits };
  if (type === 'real') {
    return (digits) => {
      const value = toSinglePrecision(digits);
      return held(value, digits, 32) ?? { value: Object.is(value, -0) ? '-0' : String(value) };
    };
  }
  if (precision === undefined) return (digits) => ({ value: digits });
  const most = precision - scale;
  const problem = `must have at most ${most} ${most === 1 ? 'digit' : 'digits'} before the point`;
  return (digits) => (isBelowPower(digits, precision, scale) ? { value: digits } : wrong(problem));
}

/** The problem of a number in 32 or 64 bits: overflow, or underflow to 0. */
function held(value: number, text: string, bits: 32 | 64): Converted | undefined {
  if (Number.isFinite(value) && (value !== 0 || !/^[^eE]*[1-9]/.test(text))) return undefined;
  return wrong(`must be a number of ${bits} bits; it is too large or too near to 0`);
}

/** Whether a number has at most `precision` digits after rounding to `scale` decimals, as Postgres does it. */
function isBelowPower(text: string, precision: number, scale: number): boolean {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent) - fraction.length + scale;
  const size = 10n ** BigInt(Math.abs(shift));
  return (shift >= 0 ? digits * size : (digits + size / 2n) / size) < 10n ** BigInt(precision);
}

/** The longest number in text; with exponents of three digits Postgres's numeric holds each. */
const maxNumberLength = 1000;
const numberShape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const aNumber = `must be a number of at most ${maxNumberLength} characters, its exponent of at most 3`;

function wrong(problem: string, advice?: string): Converted {
  return {
    reason: 'invalid_type',
    problem: advice === undefined ? problem : `${problem} (${advice})`,
  };
}
