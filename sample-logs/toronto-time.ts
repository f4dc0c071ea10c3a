/**
 * Toronto's clock by its rule since 2007: an hour ahead from the second Sunday of March, 2:00, to
 * the first Sunday of November, 2:00. Written out rather than asked of the platform's time zone
 * data, so that sample logs are the same bytes everywhere and for ever. All instants are whole
 * seconds since 1970 (UTC), all offsets seconds east of UTC.
 */

const hour = 3600;
const day = 24 * hour;
const standardOffset = -5 * hour;
const daylightOffset = -4 * hour;

/** The first year that the rule holds for. */
export const firstTorontoYear = 2007;

/** The offset in force at an instant: −18,000 or −14,400. */
export function torontoOffset(instant: number): number {
  const year = new Date(instant * 1000).getUTCFullYear();
  const begins = sunday(year, 3, 2) + 2 * hour - standardOffset;
  const ends = sunday(year, 11, 1) + 2 * hour - daylightOffset;
  return instant >= begins && instant < ends ? daylightOffset : standardOffset;
}

/**
 * The instant at which a day begins. The clock never changes at midnight.
 *
 * @param month - From 1; 13 and up run on into the following years.
 */
export function torontoMidnight(year: number, month: number, dayOfMonth: number): number {
  const wallClock = Date.UTC(year, month - 1, dayOfMonth) / 1000;
  return wallClock - torontoOffset(wallClock - standardOffset);
}

/** An instant as the logs write it, like `2019-03-10T03:00:00-04:00`, by the clock of an offset. */
export function formatInstant(instant: number, offset = torontoOffset(instant)): string {
  const wallClock = new Date((instant + offset) * 1000).toISOString().slice(0, 19);
  return wallClock + formatOffset(offset);
}

/** {@link formatInstant} for instants that mostly lie in the hour of the one before: it is remembered. */
export function createInstantFormatter(): (instant: number) => string {
  let currentHour = NaN;
  let before = '';
  let after = '';
  return (instant) => {
    const sinceHour = instant % hour;
    if (instant - sinceHour !== currentHour) {
      currentHour = instant - sinceHour;
      // Offsets are whole hours and change on the hour, so an hour of UTC is an hour of the wall.
      const text = formatInstant(currentHour);
      before = text.slice(0, 14);
      after = text.slice(19);
    }
    return before + (minutesAndSeconds[sinceHour] ?? '') + after;
  };
}

const minutesAndSeconds = Array.from({ length: hour }, (_, second) =>
  new Date(second * 1000).toISOString().slice(14, 19),
);

function formatOffset(offset: number): string {
  return `-0${-offset / hour}:00`;
}

/** Midnight UTC of the nth Sunday of a month. */
function sunday(year: number, month: number, nth: number): number {
  const first = Date.UTC(year, month - 1, 1) / 1000;
  const weekday = new Date(first * 1000).getUTCDay();
  return first + (((7 - weekday) % 7) + 7 * (nth - 1)) * day;
}
