import { timestampProblem } from './timestamp.js';

/**
 * The directives of strftime that a declared format may have, each with what it matches. Literal text
 * stands for itself; white space too.
 */
const directives: Readonly<Record<string, string>> = {
  Y: String.raw`(?<Y>\d{4})`,
  m: String.raw`(?<m>\d{1,2})`,
  b: '(?<b>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)',
  d: String.raw`(?<d>\d{1,2})`,
  H: String.raw`(?<H>\d{1,2})`,
  M: String.raw`(?<M>\d{2})`,
  S: String.raw`(?<S>\d{2})`,
  f: String.raw`(?<f>\d{1,9})`,
  z: String.raw`(?<z>[Zz]|[+-]\d{2}:?\d{2})`,
  '%': '%',
};
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A time as RFC 3339, a date as `YYYY-MM-DD`; or what is wrong with the text, for a person. */
export type TimeReading = { readonly value: string } | { readonly problem: string };

/** Reads texts as times or dates. */
export type TimeReader = (text: string) => TimeReading;

/**
 * The reader of a column of times or dates.
 *
 * @param format - Undefined: RFC 3339, for dates `YYYY-MM-DD`. `unix`, `unix_ms`: since 1970, with
 *   fractions. Else directives of strftime.
 * @param zone - Of times without one: an IANA name, or an offset.
 */
export function createTimeReader(
  type: 'timestamptz' | 'date',
  format: string | undefined,
  zone: string | undefined,
): TimeReader {
  if (type === 'timestamptz' && format === undefined) return checkedTime;
  if (format === 'unix' || format === 'unix_ms') {
    return (text) => fromUnix(text, format === 'unix' ? 1000 : 1);
  }
  const { expression, names } = compile(format ?? '%Y-%m-%d');
  const wanted = `is not like ${format ?? 'YYYY-MM-DD'}`;
  const offsetOf = zone === undefined ? undefined : createOffsets(zone);
  return (text) => {
    const found = expression.exec(text)?.groups;
    if (found === undefined) return { problem: wanted };
    const part = (name: string, otherwise: string): string => found[name] ?? otherwise;
    const month = names.has('b')
      ? String(months.indexOf(part('b', '').toLowerCase()) + 1)
      : part('m', '');
    const day = `${part('Y', '')}-${month.padStart(2, '0')}-${part('d', '').padStart(2, '0')}`;
    if (type === 'date') {
      const reading = checkedTime(`${day}T00:00:00Z`);
      return 'problem' in reading ? reading : { value: day };
    }
    const time = `${part('H', '0').padStart(2, '0')}:${part('M', '00')}:${part('S', '00')}`;
    const local = `${day}T${time}`;
    const fraction = found['f'] === undefined ? '' : `.${found['f']}`;
    if (offsetOf === undefined) {
      const [, sign = 'Z', minutes = ''] = /^([+-]\d\d):?(\d\d)$/.exec(part('z', 'Z')) ?? [];
      return checkedTime(`${local}${fraction}${sign}${minutes === '' ? '' : `:${minutes}`}`);
    }
    const isReal = checkedTime(`${local}Z`);
    if ('problem' in isReal) return isReal;
    const offset = offsetOf(local);
    return offset === undefined
      ? { problem: `does not exist in ${zone ?? ''}, where the clocks went forward` }
      : checkedTime(`${local}${fraction}${offset}`);
  };
}

/** What is wrong with a declared format and zone, and which of the two it is. */
export function timeFormatProblem(
  type: 'timestamptz' | 'date',
  format: string | undefined,
  zone: string | undefined,
): { readonly key: 'format' | 'zone'; readonly message: string } | undefined {
  const isUnix = format === 'unix' || format === 'unix_ms';
  if (type === 'date' && isUnix) return { key: 'format', message: `${format} is no date` };
  if (format === undefined || isUnix) {
    return zone === undefined ? undefined : { key: 'zone', message: 'the times have one already' };
  }
  const unknown = [...format.matchAll(/%(.?)/gs)].find(
    ([, letter = '']) => !(letter in directives),
  );
  if (unknown !== undefined) {
    const known = Object.keys(directives).map((letter) => `%${letter}`);
    return { key: 'format', message: `${unknown[0]} is none of ${known.join(' ')}` };
  }
  const { names } = compile(format);
  const has = (letter: string): boolean => names.has(letter);
  if (!has('Y') || !has('d') || has('m') === has('b')) {
    return { key: 'format', message: 'must have %Y, %d and either %m or %b' };
  }
  if (type === 'date') return undefined;
  if (!has('H') || !has('M')) return { key: 'format', message: 'must have %H and %M' };
  if (has('z') === (zone !== undefined)) {
    const message = 'must have %z, or the column a zone, and not both';
    return { key: has('z') ? 'zone' : 'format', message };
  }
  if (zone !== undefined && !isZone(zone)) {
    return { key: 'zone', message: `${zone} is no time zone like Europe/Paris and no offset` };
  }
  return undefined;
}

function compile(format: string): { expression: RegExp; names: ReadonlySet<string> } {
  const names = new Set<string>();
  const source = format.replace(/%(.)|[\s\S]/g, (literal, letter: string | undefined) => {
    if (letter === undefined) return literal.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&');
    // A group can be named once; what repeats must only be of its kind.
    const directive = directives[letter] ?? '';
    const isAgain = names.has(letter);
    names.add(letter);
    return isAgain ? directive.replace(/\?<\w>/, '?:') : directive;
  });
  return { expression: new RegExp(`^${source}$`, 'i'), names };
}

function checkedTime(value: string): TimeReading {
  const problem = timestampProblem(Buffer.from(value));
  return problem === undefined ? { value } : { problem };
}

function fromUnix(text: string, unit: number): TimeReading {
  const [, sign = '', whole = '', fraction = ''] =
    /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === '') return { problem: 'is not a number of seconds or milliseconds since 1970' };
  if (sign !== '') return { problem: 'is before 1970' };
  const digits = unit === 1 ? whole.padStart(4, '0') : `${whole}000`;
  const date = new Date(Number(digits));
  if (Number.isNaN(date.getTime())) return { problem: 'is beyond all years' };
  const subseconds = unit === 1 ? `${digits.slice(-3)}${fraction}` : fraction;
  const seconds = date.toISOString().replace(/\.\d+Z$/, '');
  return checkedTime(`${seconds}${subseconds === '' ? '' : `.${subseconds.slice(0, 9)}`}Z`);
}

function isZone(zone: string): boolean {
  if (/^[+-]\d\d:\d\d$/.test(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * The offsets of a zone's local times. Of two instants with one local time, when the clocks go back,
 * the first is meant.
 *
 * @returns For a local time `YYYY-MM-DDTHH:MM:SS` the offset like `-05:00`; undefined when there is no
 *   such time because the clocks went forward.
 */
function createOffsets(zone: string): (local: string) => string | undefined {
  if (/^[+-]/.test(zone)) return () => zone;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsetAt = (instant: number): number => {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(instant)) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return (sign === '-' ? -size : size) * 1000;
  };
  const day = 86_400_000;
  // Lines that follow each other are mostly of one minute, and offsets change with a minute.
  let [lastMinute, lastOffset] = ['', undefined as string | undefined];
  return (local) => {
    const minute = local.slice(0, 16);
    if (minute === lastMinute) return lastOffset;
    const clock = Date.parse(`${minute}:00Z`);
    const offsets = [offsetAt(clock - day), offsetAt(clock + day)].sort((a, b) => b - a);
    const offset = offsets.find((candidate) => offsetAt(clock - candidate) === candidate);
    lastMinute = minute;
    lastOffset = offset === undefined ? undefined : formatOffset(offset);
    return lastOffset;
  };
}

function formatOffset(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${milliseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
