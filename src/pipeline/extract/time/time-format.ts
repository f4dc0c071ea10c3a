// Declared formats of times and dates: strftime directives, zones, years.

import { daysSince2000, isLeapYear } from './calendar.js';
import { createEpochReader, epochDigits } from './epoch.js';
import { fileDate, yearInFile } from './file-date.js';
import {
  clockReading,
  createInstantReader,
  dateReading,
  offsetSeconds,
  readClock,
  readDate,
  readLocalTime,
  timeReading,
  type TimeParts,
  type TimeReader,
} from './time-text.js';
import { createOffsets, isZone } from './zone-offsets.js';

/** The time format of a column. */
export interface TimeColumn {
  readonly type: 'timestamptz' | 'timestamp' | 'date' | 'time';
  /**
   * Undefined: ISO 8601 and Postgres's notation, for a timestamptz with its offset. A key of `epochDigits`: a
   * number since 1970. Otherwise strftime directives.
   */
  readonly format?: string | undefined;
  /** The zone of times without one: an IANA name, or an offset. */
  readonly zone?: string | undefined;
  /** The year of dates without one: a number, or that of the file's name. */
  readonly year?: number | 'file_name' | undefined;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthName =
  '(?<b>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const dayName =
  '(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';

/**
 * The strftime directives of a declared format, with the expression that each matches. Names are English, in any
 * case; white space matches any white space, other text itself.
 */
const directives: Readonly<Record<string, string>> = {
  Y: String.raw`(?<Y>\d{4})`,
  y: String.raw`(?<y>\d{2})`,
  m: String.raw`(?<m>\d{1,2})`,
  b: monthName,
  B: monthName,
  d: String.raw`(?<d>\d{1,2})`,
  e: String.raw`\s*(?<d>\d{1,2})`,
  j: String.raw`(?<j>\d{1,3})`,
  a: dayName,
  A: dayName,
  H: String.raw`(?<H>\d{1,2})`,
  I: String.raw`(?<I>\d{1,2})`,
  p: String.raw`(?<p>[ap]\.?m\.?)`,
  M: String.raw`(?<M>\d{2})`,
  S: String.raw`(?<S>\d{2})`,
  f: String.raw`(?<f>\d{1,9})`,
  z: String.raw`(?<z>z|utc|gmt|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)`,
  '%': '%',
};

/**
 * The reader of a column of times or dates. Parts that a format lacks are the first: January, the 1st, midnight.
 *
 * @param file - The name of the file that is read, for its year.
 */
export function createTimeReader(column: TimeColumn, file?: string): TimeReader {
  const { type, format, zone, year } = column;
  if (format === undefined) {
    if (type === 'date') return readDate;
    if (type === 'time') return readClock;
    if (type === 'timestamp') return readLocalTime;
    const read = createInstantReader();
    return (text) => {
      const bytes = Buffer.from(text);
      return read(bytes, 0, bytes.length);
    };
  }
  if (format in epochDigits) return createEpochReader(format);
  const { expression, names } = compile(format);
  const partsOf = createParts(names, (month, day) =>
    dateOfFile === undefined ? Number(year) : yearInFile(dateOfFile, month, day),
  );
  const zoneAt = names.indexOf('z') + 1;
  const wanted = { problem: `is not like ${format}` };
  const offsetOf = zone === undefined ? undefined : createOffsets(zone);
  const dateOfFile = year === 'file_name' ? fileDate(file ?? '') : undefined;
  if (year === 'file_name' && dateOfFile === undefined) {
    return () => ({ problem: 'has no year, and neither has the name of its file' });
  }
  return (text) => {
    const found = expression.exec(text.trim());
    if (found === null) return wanted;
    const parts = partsOf(found);
    // A date ignores the time beside it.
    if (type === 'date') return dateReading(parts);
    if (type === 'time') return clockReading(parts);
    if (parts.hour === -1) return { problem: 'has no such time of day' };
    if (offsetOf !== undefined) return timeReading(parts, offsetOf, zone ?? '');
    const offset = offsetSeconds(found[zoneAt] ?? '');
    if (offset === undefined) return { problem: 'has no such offset' };
    return timeReading(parts, () => offset, '');
  };
}

/**
 * Makes parts of the matches of a format's expression.
 *
 * @param names - The directives of its groups, in order: named groups take ten times as long.
 * @param missingYear - The year of a date without one.
 */
function createParts(
  names: readonly string[],
  missingYear: (month: number, day: number) => number,
): (found: RegExpExecArray) => TimeParts {
  const at = (letter: string): number => names.indexOf(letter) + 1;
  const [Y, y, m, b, d, j] = [at('Y'), at('y'), at('m'), at('b'), at('d'), at('j')];
  const [H, I, p, M, S, f] = [at('H'), at('I'), at('p'), at('M'), at('S'), at('f')];
  return (found) => {
    const number = (index: number, otherwise: number): number =>
      index === 0 ? otherwise : Number(found[index]);
    const text = (index: number): string => (index === 0 ? '' : (found[index] ?? '')).toLowerCase();
    const named = b === 0 ? 1 : months.indexOf(text(b).slice(0, 3)) + 1;
    const month = number(m, named);
    const day = number(d, 1);
    const year = Y > 0 ? number(Y, 0) : y > 0 ? fullYear(number(y, 0)) : missingYear(month, day);
    const date = j === 0 ? { year, month, day } : dayOfYear(year, number(j, 0));
    return {
      year,
      month: date.month,
      day: date.day,
      hour: I === 0 ? number(H, 0) : hourOf(number(I, 0), text(p).startsWith('p')),
      minute: number(M, 0),
      second: number(S, 0),
      fraction: f === 0 ? '' : (found[f] ?? ''),
    };
  };
}

/** POSIX: 69 is 1969, 68 is 2068. */
function fullYear(ofCentury: number): number {
  return ofCentury + (ofCentury < 69 ? 2000 : 1900);
}

/** The hour of a twelve-hour clock; -1 for an invalid one. */
function hourOf(onClock: number, isAfternoon: boolean): number {
  if (onClock < 1 || onClock > 12) return -1;
  return (onClock % 12) + (isAfternoon ? 12 : 0);
}

/**
 * The month and day of a day of the year.
 *
 * @param nth - From 1; for an invalid one the day is 0.
 */
function dayOfYear(year: number, nth: number): { month: number; day: number } {
  const first = daysSince2000(year, 1, 1);
  const days = isLeapYear(year) ? 366 : 365;
  if (nth < 1 || nth > days) return { month: 1, day: 0 };
  const month =
    [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2].find(
      (each) => daysSince2000(year, each, 1) <= first + nth - 1,
    ) ?? 1;
  return { month, day: first + nth - daysSince2000(year, month, 1) };
}

interface Wrong {
  readonly key: 'format' | 'zone' | 'year';
  readonly message: string;
}

/** The problem of a declared format, zone or year, and which of them it is. */
export function timeFormatProblem({ type, format, zone, year }: TimeColumn): Wrong | undefined {
  const wrong = (key: Wrong['key'], message: string): Wrong => ({ key, message });
  const isEpoch = format !== undefined && format in epochDigits;
  if (isEpoch && type !== 'timestamptz') {
    return wrong('format', `${format} is an instant, so its type is timestamptz`);
  }
  if (format === undefined || isEpoch) {
    if (year !== undefined) return wrong('year', 'the times have one already');
    return zone === undefined ? undefined : wrong('zone', 'the times have one already');
  }
  const unknown = [...format.matchAll(/%(.?)/gs)].find(
    ([, letter = '']) => !(letter in directives),
  );
  if (unknown !== undefined) {
    const known = Object.keys(directives).map((letter) => `%${letter}`);
    const epochs = Object.keys(epochDigits).join(', ');
    return wrong(
      'format',
      `${unknown[0]} is none of ${known.join(' ')}, nor is it one of ${epochs}`,
    );
  }
  const { names } = compile(format);
  // A time of day ignores the date beside it.
  const problem = (type === 'time' ? undefined : dateProblem(names, year)) ?? timeProblem(names);
  if (problem !== undefined) return problem;
  if (type === 'time' && !names.includes('H') && !names.includes('I')) {
    return wrong('format', 'must have %H, or %I and %p');
  }
  if (type !== 'timestamptz') {
    const isZoned = type !== 'date' && names.includes('z');
    return isZoned ? wrong('format', `a ${type} has no %z; a timestamptz has`) : undefined;
  }
  if (names.includes('z') === (zone !== undefined)) {
    const message = 'must have %z, or the column a zone, and not both';
    return wrong(names.includes('z') ? 'zone' : 'format', message);
  }
  if (zone !== undefined && !isZone(zone)) {
    return wrong('zone', `${zone} is no time zone like Europe/Paris and no offset`);
  }
  return undefined;
}

function dateProblem(names: readonly string[], year: TimeColumn['year']): Wrong | undefined {
  const count = (...letters: string[]): number =>
    letters.filter((each) => names.includes(each)).length;
  if (count('Y', 'y') > 1) return { key: 'format', message: 'must have %Y or %y, not both' };
  if (count('Y', 'y') === 1 && year !== undefined) {
    return { key: 'year', message: 'the format has one already' };
  }
  if (count('Y', 'y') === 0 && year === undefined) {
    const message = 'must have %Y or %y, or the column a year: a number, or file_name';
    return { key: 'format', message };
  }
  if (count('m', 'b') > 1) return { key: 'format', message: 'must have %m or %b, not both' };
  if (names.includes('j') && count('m', 'b', 'd') > 0) {
    return { key: 'format', message: 'must have %j, or a month and a day, not both' };
  }
  if (names.includes('j') && year === 'file_name') {
    return { key: 'year', message: '%j is a day of a year that must be known: a number' };
  }
  if (names.includes('d') && count('m', 'b') === 0) {
    return { key: 'format', message: 'must have %m or %b where it has %d' };
  }
  return undefined;
}

function timeProblem(names: readonly string[]): Wrong | undefined {
  const lacks = (letter: string, needed: string): boolean =>
    names.includes(letter) && !names.some((each) => needed.includes(each));
  if (lacks('I', 'p') || lacks('p', 'I')) {
    return { key: 'format', message: '%I and %p belong together; %H counts to 24' };
  }
  if (names.includes('H') && names.includes('I')) {
    return { key: 'format', message: 'must have %H, or %I and %p, not both' };
  }
  const [letter, needed] =
    [
      ['M', 'HI'],
      ['S', 'M'],
      ['f', 'S'],
    ].find(([each = '', of = '']) => lacks(each, of)) ?? [];
  if (letter === undefined) return undefined;
  const wanted = (needed ?? '').replace(/\w(?=\w)/g, '$& or %');
  return { key: 'format', message: `must have %${wanted} where it has %${letter}` };
}

/** A format as a regular expression with a group for each directive. */
function compile(format: string): { expression: RegExp; names: string[] } {
  const names: string[] = [];
  const source = format
    .trim()
    .replace(/%(.)|\s+|[\s\S]/g, (literal, letter: string | undefined) => {
      if (/^\s/.test(literal)) return String.raw`\s+`;
      if (letter === undefined) return literal.replace(/[.*+?^${}()|[\]\\/-]/, '\\$&');
      const directive = directives[letter] ?? '';
      const [, name] = /\?<(\w)>/.exec(directive) ?? [];
      if (name === undefined) return directive;
      // A group can be named once; a repeated directive only has to match.
      const isAgain = names.includes(name);
      if (!isAgain) names.push(name);
      return directive.replace(/\?<\w>/, isAgain ? '?:' : '');
    });
  return { expression: new RegExp(`^${source}$`, 'i'), names };
}
