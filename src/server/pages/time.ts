import type { Element } from 'hast';
import { h } from 'hastscript';

/** The calendar day of an instant in a zone, like `31 Dec 2019`. */
export function formatDay(instant: string, timeZone: string): string {
  return parts(instant, timeZone, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** An instant in a zone to the minute, like `22 Nov 2026, 07:27 EST`. */
export function formatInstant(instant: string, timeZone: string): string {
  const time = parts(instant, timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  return `${formatDay(instant, timeZone)}, ${time}`;
}

function parts(instant: string, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  const found = new Map(
    new Intl.DateTimeFormat('en-CA', { timeZone, ...options })
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value.replace('.', '')]),
  );
  const at = (...types: Intl.DateTimeFormatPartTypes[]) =>
    types.flatMap((type) => found.get(type) ?? []);
  return found.has('hour')
    ? `${at('hour', 'minute').join(':')} ${at('timeZoneName').join('')}`
    : at('day', 'month', 'year').join(' ');
}

/**
 * An instant as a `time` element. The page's script writes it as relative (`3 minutes ago`) and keeps
 * the absolute as its tooltip; without script and in print the absolute stands.
 */
export function timeElement(instant: string, timeZone: string): Element {
  const absolute = formatInstant(instant, timeZone);
  return h('time', { className: 'relative', dateTime: instant, title: absolute }, absolute);
}

/** A duration like `35 ms`, `0.4 s`, `41 s`, `3 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 95) return `${Math.max(1, Math.round(milliseconds))} ms`;
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
