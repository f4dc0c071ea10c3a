import type { Source } from '../../definitions/source.js';
import { isReject, type LineParser, type Value } from './log-event.js';

/** 2000-01-01T00:00:00Z, from where Postgres counts, in milliseconds of Unix. */
const epochMs = Date.UTC(2000, 0, 1);

/**
 * A parser that rejects events of the future: one clock that is wrong, or a year that is misspelt, would move
 * the end of the report and all that is counted up to it.
 *
 * @param latest - The latest time that an event may have, in milliseconds of Unix; Infinity: any.
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

/** Microseconds since 2000. What no double holds exactly is far enough away. */
function timeOf({ number, bytes, start, end }: Value): number {
  if (!Number.isNaN(number)) return number;
  return Number(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
}

function instant(microseconds: number): string {
  const date = new Date(epochMs + microseconds / 1000);
  return Number.isNaN(date.getTime()) ? 'beyond the year 275760' : date.toISOString();
}
