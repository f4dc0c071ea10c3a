import type { SourceColumn } from '../sources/source.js';
import type { RejectReason } from './reject.js';
import { createTimeReader } from './time-format.js';

/**
 * The longest value of a text column, in bytes of UTF-8. Columns have indexes, and Postgres refuses a
 * row, and with it the whole file, when an index entry is longer than about 2,700 bytes.
 */
export const maxTextBytes = 1024;

/** A field's text as a column takes it, see `LogEvent`; or why it does not. */
export type Converted =
  | { readonly value: string }
  /** The problem is said of the field: `must be …`. */
  | { readonly reason: RejectReason; readonly problem: string };

/** Turns the text of a field into what a column takes. */
export type Conversion = (text: string) => Converted;

/** The conversion for a column, of any type but jsonb. */
export function createConversion({ type, format, zone, matches }: SourceColumn): Conversion {
  if (type === 'timestamptz' || type === 'date') {
    const read = createTimeReader(type, format, zone);
    return (text) => {
      const reading = read(text);
      return 'value' in reading ? reading : { reason: 'invalid_time', problem: reading.problem };
    };
  }
  if (type === 'text') {
    const pattern = matches === undefined ? undefined : new RegExp(`^(?:${matches})$`, 'u');
    return (text) => {
      if (text.length * 3 > maxTextBytes && Buffer.byteLength(text) > maxTextBytes) {
        return wrong(`must be text of at most ${maxTextBytes} bytes`);
      }
      return pattern === undefined || pattern.test(text)
        ? { value: text }
        : { reason: 'invalid_value', problem: `does not match ${matches ?? ''}` };
    };
  }
  if (type === 'bigint' || type === 'integer') {
    const bits = type === 'bigint' ? 64 : 32;
    return (text) => {
      if (/^[+-]?\d{1,30}$/.test(text)) {
        const value = BigInt(text.replace('+', ''));
        if (value === BigInt.asIntN(bits, value)) return { value: value.toString() };
      }
      return wrong(`must be a whole number of ${bits} bits`);
    };
  }
  if (type === 'boolean') {
    return (text) => {
      const word = text.toLowerCase();
      if (['true', 't', '1'].includes(word)) return { value: 'true' };
      return ['false', 'f', '0'].includes(word)
        ? { value: 'false' }
        : wrong('must be true or false');
    };
  }
  const isDouble = type === 'double precision';
  return (text) => {
    const isNumber = text.length <= maxNumberLength && numberShape.test(text);
    const fits = isNumber && (isDouble ? Number.isFinite(Number(text)) : true);
    return fits ? { value: text } : wrong(isDouble ? 'must be a number of 64 bits' : aNumber);
  };
}

/** Of a number in text; with exponents of three digits Postgres's numeric holds each. */
const maxNumberLength = 1000;
const numberShape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const aNumber = `must be a number of at most ${maxNumberLength} characters, its exponent of at most 3`;

function wrong(problem: string): Converted {
  return { reason: 'invalid_type', problem };
}
