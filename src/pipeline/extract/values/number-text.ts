/** How numbers are written that are not written as programs write them. */
export interface NumberNotation {
  /** What stands before the fraction; `.` unless it is said. */
  readonly decimal?: '.' | ',' | undefined;
  /** What stands between groups of three digits; a blank means any blank. */
  readonly thousands?: string | undefined;
  /** What may stand before or behind: `€`, `%`, `km`. */
  readonly unit?: readonly string[] | undefined;
}

/** Turns a text into a number as programs write it; undefined: it is not written so. */
export type Normalize = (text: string) => string | undefined;

/** What reads numbers that are written so. */
export function createNormalize({
  decimal = '.',
  thousands,
  unit = [],
}: NumberNotation): Normalize {
  if (decimal === '.' && thousands === undefined && unit.length === 0) return (text) => text.trim();
  const between =
    thousands === undefined ? undefined : escape(thousands).replace(/^ $/, String.raw`\s`);
  const grouped = between === undefined ? '' : String.raw`\d{1,3}(?:${between}\d{3})+|`;
  const shape = new RegExp(
    String.raw`^(${grouped}\d*)(?:${escape(decimal)}(\d*))?([eE][+-]?\d+)?$`,
  );
  // The longest first, so that "km/h" is not read as "km" and a rest.
  const units = unit.toSorted((a, b) => b.length - a.length);
  return (text) => {
    const { sign, rest } = withoutUnit(text.trim(), units);
    const [, whole, fraction, exponent = ''] = shape.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    const digits = whole.replace(/\D/g, '');
    return `${sign}${digits}${fraction === undefined ? '' : `.${fraction}`}${exponent}`;
  };
}

function withoutUnit(text: string, units: readonly string[]): { sign: string; rest: string } {
  const [, before = '', bare = ''] = /^([+-]?)\s*([^]*)$/.exec(text) ?? [];
  const unit = units.find((each) => bare.startsWith(each) || bare.endsWith(each));
  if (unit === undefined) return { sign: before, rest: before === '' ? text : text.slice(1) };
  const rest = bare.startsWith(unit) ? bare.slice(unit.length) : bare.slice(0, -unit.length);
  const [, after = '', number = ''] = /^([+-]?)([^]*)$/.exec(rest.trim()) ?? [];
  // Two signs are none of a number.
  return before !== '' && after !== ''
    ? { sign: before, rest }
    : { sign: before + after, rest: number };
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** What declaration would read a text that is no number; undefined where it is not clear. */
export function numberAdvice(text: string): string | undefined {
  const bare = text.trim();
  const rule = advice.find(([shape]) => shape.test(bare));
  return rule?.[1];
}

const blank = String.raw`[\s'’_]`;
const advice: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/, `decimal: ',' and thousands: '.' read it`],
  [/^[+-]?\d{1,3}(?:,\d{3}){2,}$|^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/, `thousands: ',' reads it`],
  [/^[+-]?\d{1,3},\d{3}$/, `decimal: ',' or thousands: ',' reads it, whichever is meant`],
  [/^[+-]?\d*,\d+$/, `decimal: ',' reads it`],
  [/^[+-]?\d{1,3}(?:\.\d{3}){2,}$/, `thousands: '.' reads it`],
  [
    new RegExp(`^[+-]?\\d{1,3}(?:${blank}\\d{3})+(?:[.,]\\d+)?$`),
    'thousands, with what stands between the digits, reads it',
  ],
  [/^(?:nan|[+-]?inf(?:inity)?|null|none|n\/a|-+)$/i, 'nulls of the format reads it as null'],
  [
    /^[+-]?[^\d\s.,+-]{1,4}\s*[+-]?\d[\d.,]*$|^[+-]?\d[\d.,]*\s*[^\d\s.,]{1,4}$/,
    'unit reads what stands beside the number',
  ],
];
