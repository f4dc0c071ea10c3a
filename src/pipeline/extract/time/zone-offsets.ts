// Time zones: the offset of a local time.

import { timeZoneProblem } from '../../../config/declarations/time-zone.js';

/** The offset of a local time from UTC, in seconds; undefined: clocks skipped that time. */
export type OffsetOf = (localSeconds: number) => number | undefined;

/** Whether a text is an IANA zone or an offset like `-05:00`. */
export function isZone(zone: string): boolean {
  return offsetShape.test(zone) || timeZoneProblem(zone) === undefined;
}

/**
 * The offsets of a zone's local times. Of two instants with one local time, when clocks go back, the first is
 * meant.
 *
 * @param zone - A {@link isZone | zone}.
 * @returns A function of seconds since 2000-01-01 00:00 on the zone's clocks.
 */
export function createOffsets(zone: string): OffsetOf {
  const [, sign, hour = '', minute = ''] = offsetShape.exec(zone) ?? [];
  if (sign !== undefined) {
    const offset = (Number(hour) * 60 + Number(minute)) * (sign === '-' ? -60 : 60);
    return () => offset;
  }
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsetAt = (seconds: number): number => {
    const [, before, hours = '0', minutes = '0', rest = '0'] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format((seconds + epoch) * 1000)) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
    return before === '-' ? -size : size;
  };
  // Consecutive lines are mostly of one minute, and offsets change on a minute.
  let [lastMinute, lastOffset] = [Number.NaN, undefined as number | undefined];
  return (local) => {
    const minute = Math.floor(local / 60);
    if (minute === lastMinute) return lastOffset;
    const clock = Math.min(Math.max(local, -maxSeconds), maxSeconds);
    const offsets = [offsetAt(clock - day), offsetAt(clock + day)].sort((a, b) => b - a);
    lastMinute = minute;
    lastOffset = offsets.find((candidate) => offsetAt(clock - candidate) === candidate);
    return lastOffset;
  };
}

const offsetShape = /^([+-])(\d\d):(\d\d)$/;
const day = 86_400;
/** 2000-01-01 in seconds since 1970. */
const epoch = 946_684_800;
/** The range of JavaScript's dates; no zone changes beyond. */
const maxSeconds = 8_000_000_000_000;
