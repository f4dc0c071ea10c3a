// Rejection of events with a time in the future.

import type { Source } from '../../definitions/source.js';
import { isReject, type LineParser, type Value } from './log-event.js';

/** Postgres's epoch, 2000-01-01T00:00:00Z, in milliseconds of Unix. */
const epochMs = Date.UTC(2000, 0, 1);

/**
 * A parser that rejects events of the future: a single wrong clock or misspelt year would move the end of the
 * report, and all counts up to it.
 *
 * @param latest - The latest event time, in milliseconds of Unix; Infinity: any.
 */
export function withoutFuture(
  parse: LineParser,
  { columns, eventTime }: Pick<Source, 'columns' | 'eventTime'>,
  latest: number,
): LineParser {
  const index = columns.findIndex(({ name }) => name === eventTime);
  if (index === -1 || latest === Infinity) return parse;
  const bound = (latest - epochMs) * 1000;
  return (bytes, start, end) => {
    const event = parse(bytes, start, end);
    if (isReject(event)) return event;
    const value = event.columns[index];
    if (value == null || !(timeOf(value) > bound)) return event;
    const message = `${columns[index]?.name ?? ''} is ${instant(timeOf(value))}, later than ${instant(bound)}: the time of the run and limits.future`;
    return { reason: 'future_time', message };
  };
}

/** Microseconds since 2000. Values that a double cannot represent are far enough away. */
function timeOf({ number, bytes, start, end }: Value): number {
  if (!Number.isNaN(number)) return number;
  return Number(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
}

function instant(microseconds: number): string {
  const date = new Date(epochMs + microseconds / 1000);
  return Number.isNaN(date.getTime()) ? 'beyond the year 275760' : date.toISOString();
}
