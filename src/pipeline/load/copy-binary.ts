import type { Slice } from '../extract/log-event.js';
import { fractionEnd } from '../extract/timestamp.js';

/**
 * Collects rows in the binary format of Postgres's COPY (documentation of COPY, File Formats, Binary
 * Format). Every value is preceded by its length, so no input can end a value, a row or the data, and
 * the server parses no numbers and times: it takes 60 % of the time that it takes for text.
 */
export class CopyBinary {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;
  /** Rows that were begun. */
  rows = 0;

  /** @param bytes - To begin with; it grows by itself. */
  constructor(bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024)) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** What was written, valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins a row of so many fields, which follow in their order. */
  row(fields: number): void {
    this.#reserve(2);
    this.#bytes[this.#length] = fields >>> 8;
    this.#bytes[this.#length + 1] = fields;
    this.#length += 2;
    this.rows += 1;
  }

  null(): void {
    this.#reserve(4);
    this.#int32(-1);
  }

  /** A `text`, `bytea` or other value whose binary form is its bytes. */
  bytes(value: Uint8Array, start = 0, end = value.length): void {
    this.#reserve(4 + end - start);
    this.#int32(end - start);
    this.#copy(value, start, end);
  }

  text(value: string): void {
    this.bytes(Buffer.from(value));
  }

  /** A `bigint` from a whole number that is safe in JavaScript. */
  integer(value: number): void {
    this.#reserve(12);
    this.#int32(8);
    this.#int64(value);
  }

  /** A `bigint` from its digits in the range of 64 bits. */
  digits({ bytes, start, end }: Slice): void {
    const negative = bytes[start] === 0x2d;
    const from = negative ? start + 1 : start;
    if (end - from > maxSafeDigits) {
      this.#bigint(BigInt(Buffer.from(bytes.subarray(start, end)).toString('latin1')));
      return;
    }
    let value = 0;
    for (let at = from; at < end; at += 1) value = value * 10 + digit(bytes, at);
    this.integer(negative ? -value : value);
  }

  /**
   * A `timestamptz` from a time that `timestampProblem` finds nothing wrong with. What is finer than a
   * microsecond is cut, not rounded: rounding could move an event into the next second or month.
   *
   * @returns It in microseconds since 2000-01-01 UTC, exact until the year 2285.
   */
  instant({ bytes, start, end }: Slice): number {
    const zone = fractionEnd(bytes, start, end);
    let microseconds = 0;
    for (let place = 0; zone > start + 19 && place < 6; place += 1) {
      const at = start + 20 + place;
      microseconds = microseconds * 10 + (at < zone ? digit(bytes, at) : 0);
    }
    const seconds = secondsSince2000(bytes, start, zone);
    if (Math.abs(seconds) < maxSafeSeconds) this.integer(seconds * 1e6 + microseconds);
    else this.#bigint(BigInt(seconds) * 1_000_000n + BigInt(microseconds));
    return seconds * 1e6 + microseconds;
  }

  /** A `jsonb` from JSON. */
  json({ bytes, start, end }: Slice): void {
    this.#reserve(5 + end - start);
    this.#int32(1 + end - start);
    this.#bytes[this.#length++] = jsonbVersion;
    this.#copy(bytes, start, end);
  }

  boolean(value: boolean): void {
    this.#reserve(5);
    this.#int32(1);
    this.#bytes[this.#length++] = value ? 1 : 0;
  }

  /** An `integer`. */
  int4(value: number): void {
    this.#reserve(8);
    this.#int32(4);
    this.#int32(value);
  }

  /** A `double precision`. */
  float8(value: number): void {
    this.#reserve(12);
    this.#int32(8);
    this.#bytes.writeDoubleBE(value, this.#length);
    this.#length += 8;
  }

  /** A `date` from a real one as `YYYY-MM-DD`. */
  date({ bytes, start }: Slice): void {
    const year = two(bytes, start) * 100 + two(bytes, start + 2);
    this.int4(daysSince2000(year, two(bytes, start + 5), two(bytes, start + 8)));
  }

  /**
   * A `numeric` with all of its digits: groups of four decimal digits, the exponent of the first group,
   * the sign, and the number of digits behind the point (numeric_send in Postgres's numeric.c).
   *
   * @param text - As JSON writes numbers; also with a plus, or without digits on one side of the point.
   */
  numeric(text: string): void {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] =
      /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
    const point = whole.length + Number(exponent);
    const scale = Math.max(0, fraction.length - Number(exponent));
    // Digits on both sides of the point are filled up to groups of four.
    const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`;
    const before = Math.max(0, point);
    const left = `${digits.slice(0, before)}${'0'.repeat(Math.max(0, before - digits.length))}`;
    const right = digits.slice(before);
    const padded = `${'0'.repeat((4 - (left.length % 4)) % 4)}${left}${right}${'0'.repeat((4 - (right.length % 4)) % 4)}`;
    const groups = (padded.match(/\d{4}/g) ?? []).map(Number);
    let weight = Math.ceil(left.length / 4) - 1;
    while (groups[0] === 0) {
      groups.shift();
      weight -= 1;
    }
    while (groups.at(-1) === 0) groups.pop();
    this.#reserve(12 + groups.length * 2);
    this.#int32(8 + groups.length * 2);
    const isNegative = sign === '-' && groups.length > 0;
    const header = [
      groups.length,
      groups.length === 0 ? 0 : weight,
      isNegative ? 0x4000 : 0,
      scale,
    ];
    for (const word of [...header, ...groups]) {
      this.#bytes[this.#length++] = word >>> 8;
      this.#bytes[this.#length++] = word;
    }
  }

  /** A `jsonb` object of members that are JSON already. */
  jsonObject(members: readonly Slice[]): void {
    const count = members.length;
    let length = 2 + Math.max(1, count);
    for (let index = 0; index < count; index += 1) {
      const member = members[index];
      if (member !== undefined) length += member.end - member.start;
    }
    this.#reserve(4 + length);
    this.#int32(length);
    const bytes = this.#bytes;
    bytes[this.#length] = jsonbVersion;
    bytes[this.#length + 1] = 0x7b;
    this.#length += 2;
    for (let index = 0; index < count; index += 1) {
      const member = members[index];
      if (member === undefined) continue;
      if (index > 0) bytes[this.#length++] = 0x2c;
      this.#copy(member.bytes, member.start, member.end);
    }
    bytes[this.#length++] = 0x7d;
  }

  #bigint(value: bigint): void {
    this.#reserve(12);
    this.#int32(8);
    this.#bytes.writeBigInt64BE(value, this.#length);
    this.#length += 8;
  }

  #int64(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    const at = this.#length;
    this.#view.setInt32(at, high);
    this.#view.setUint32(at + 4, value - high * 2 ** 32);
    this.#length = at + 8;
  }

  #int32(value: number): void {
    const at = this.#length;
    this.#view.setInt32(at, value);
    this.#length = at + 4;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    const into = this.#bytes;
    let to = this.#length;
    // A loop is quicker than a call for the few bytes that most values have.
    if (end - start > 100) into.set(from.subarray(start, end), to);
    else for (let at = start; at < end; at += 1) into[to++] = from[at] ?? 0;
    this.#length += end - start;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** What begins the data of a binary COPY: the signature, no flags, no extension. */
export const copyHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** What ends it. */
export const copyTrailer = Buffer.from([0xff, 0xff]);

const jsonbVersion = 1;
/** Numbers of so many digits are exact in a double. */
const maxSafeDigits = 15;
/** Seconds whose microseconds are exact in a double: until the year 2285. */
const maxSafeSeconds = 9e9;

function digit(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) - 0x30;
}

function two(bytes: Uint8Array, at: number): number {
  return digit(bytes, at) * 10 + digit(bytes, at + 1);
}

/** Whole seconds between 2000-01-01T00:00:00Z, where Postgres begins to count, and an RFC 3339 time. */
function secondsSince2000(bytes: Uint8Array, start: number, zone: number): number {
  const year = two(bytes, start) * 100 + two(bytes, start + 2);
  const days = daysSince2000(year, two(bytes, start + 5), two(bytes, start + 8));
  const minutes = two(bytes, start + 11) * 60 + two(bytes, start + 14);
  const sign = bytes[zone];
  const isOffset = sign === 0x2b || sign === 0x2d;
  const offset = isOffset ? two(bytes, zone + 1) * 60 + two(bytes, zone + 4) : 0;
  const utc = sign === 0x2d ? minutes + offset : minutes - offset;
  return days * 86_400 + utc * 60 + two(bytes, start + 17);
}

/**
 * Days between 2000-01-01 and a date of the Gregorian calendar, by years that begin in March, so that
 * the leap day is a year's last.
 */
function daysSince2000(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + dayOfYear - 730_425;
}
