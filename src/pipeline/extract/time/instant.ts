// The fast path for RFC 3339 timestamps.

import { daysSince2000 } from './calendar.js';
import { fractionEnd, timestampProblem, two } from './timestamp.js';

/** A time on Postgres's scale, truncated to microseconds, see {@link instantOf}. */
export interface Instant {
  /** Whole seconds since 2000-01-01T00:00:00Z. */
  readonly seconds: number;
  /** 0 to 999,999. */
  readonly microseconds: number;
}

/**
 * Reads a time that `timestampProblem` accepts. Fractions of a microsecond are truncated, because rounding could
 * move an event into the next second or month.
 */
export function instantOf(bytes: Uint8Array, start: number, end: number): Instant {
  const zone = fractionEnd(bytes, start, end);
  let microseconds = 0;
  for (let place = 0; zone > start + 19 && place < 6; place += 1) {
    const at = start + 20 + place;
    microseconds = microseconds * 10 + (at < zone ? (bytes[at] ?? 0) - 0x30 : 0);
  }
  const days = dateOf(bytes, start);
  const sign = bytes[zone];
  const isOffset = sign === 0x2b || sign === 0x2d;
  const offset = isOffset ? two(bytes, zone + 1) * 60 + two(bytes, zone + 4) : 0;
  const seconds = days * 86_400 + timeOfDay(bytes, start) - (sign === 0x2d ? -60 : 60) * offset;
  return { seconds, microseconds };
}

/** Days from Postgres's epoch, 2000-01-01, to a valid date `YYYY-MM-DD`. */
function dateOf(bytes: Uint8Array, start: number): number {
  const year = two(bytes, start) * 100 + two(bytes, start + 2);
  return daysSince2000(year, two(bytes, start + 5), two(bytes, start + 8));
}

/**
 * Reads consecutive times. Lines of a log are mostly of one day: when date, fraction and zone equal those of the
 * previous time, only the time of day is read.
 */
export class InstantReader {
  readonly #last = new Uint8Array(longestTime);
  #length = 0;
  /** The previous time, in microseconds, less its time of day. */
  #midnight = 0;

  /** The length of the previous time in bytes. */
  get length(): number {
    return this.#length;
  }

  /**
   * @returns Microseconds since 2000-01-01 UTC. NaN for an invalid time (see `timestampProblem`), and for times
   *   whose microseconds a double cannot hold: before the year 1715 and from 2285.
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start !== this.#length || !this.#isOfSameDay(bytes, start)) {
      return this.#readInFull(bytes, start, end);
    }
    const hour = two(bytes, start + 11);
    const minute = two(bytes, start + 14);
    const second = two(bytes, start + 17);
    // An invalid part is negative, and so is the bitwise or of them.
    if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return Number.NaN;
    return this.#midnight + (hour * 3600 + minute * 60 + second) * 1e6;
  }

  #isOfSameDay(bytes: Uint8Array, start: number): boolean {
    const last = this.#last;
    for (let at = 0; at < 11; at += 1) if (bytes[start + at] !== last[at]) return false;
    for (let at = 19; at < this.#length; at += 1) {
      if (bytes[start + at] !== last[at]) return false;
    }
    return bytes[start + 13] === colon && bytes[start + 16] === colon;
  }

  #readInFull(bytes: Uint8Array, start: number, end: number): number {
    if (timestampProblem(bytes, start, end) !== undefined) return Number.NaN;
    const { seconds, microseconds } = instantOf(bytes, start, end);
    if (Math.abs(seconds) >= maxSafeSeconds) return Number.NaN;
    this.#last.set(bytes.subarray(start, end));
    this.#length = end - start;
    this.#midnight = (seconds - timeOfDay(bytes, start)) * 1e6 + microseconds;
    return seconds * 1e6 + microseconds;
  }
}

/** With nine digits of fraction and an offset. */
const longestTime = 35;
/** Seconds whose microseconds are exact in a double. */
const maxSafeSeconds = 9e9;
const colon = 0x3a;

/** Seconds since midnight. */
function timeOfDay(bytes: Uint8Array, start: number): number {
  return two(bytes, start + 11) * 3600 + two(bytes, start + 14) * 60 + two(bytes, start + 17);
}
