// The error of a file that lacks declared fields.

import { closestName } from '../../../text/closest-name.js';
import { DaybookError } from '../../../errors.js';
import type { Source } from '../../definitions/source.js';

/** The longest list of present fields in the message, in characters. */
const mostShown = 300;

/** The path of keys to a value, as in a column's `from`. */
type FieldPath = readonly (string | number)[];

/**
 * The error of a file that lacks declared fields.
 *
 * @param what - Says where they were looked for: `its header has no`.
 * @param have - Introduces the present fields: `it has`.
 * @param present - The present fields.
 * @param path - Of the file.
 * @param advice - Follows the suggestion.
 */
export function missingFields({
  what,
  have,
  missing,
  present,
  source: { name, columns },
  path,
  advice,
  isSure = false,
}: {
  readonly what: string;
  readonly have: string;
  readonly missing: readonly FieldPath[];
  readonly present: readonly string[];
  readonly source: Pick<Source, 'name' | 'columns'>;
  readonly path: string;
  readonly advice: string;
  /** Suppresses suggestions of similar names. */
  readonly isSure?: boolean;
}): DaybookError {
  const names = present.join(', ').replace(/\p{C}/gu, ' ');
  const shown = names.length > mostShown ? `${names.slice(0, mostShown)}…` : names;
  const declared = new Set(columns.map(({ from }) => String(from[0])));
  const others = present.filter((other) => !declared.has(other) && other.length < mostShown);
  const meant = (isSure ? [] : missing).flatMap((from) => {
    const found = nestedPath(from, present) ?? meantWay(from, others);
    return found === undefined ? [] : [`from: ${found} for ${wayText(from)}`];
  });
  const hint = [...(meant.length === 0 ? [] : [meant.join(', ')]), advice].join('; ');
  return new DaybookError(
    'DATA_SHAPE',
    `${what} ${missing.map(wayText).join(', ')}; ${have} ${shown}`,
    { where: path, hint: `in sql/sources/${name}.yaml: ${hint}` },
  );
}

/** The nested path that a text like `geometry.coordinates[0]` stands for, if its first field exists. */
function nestedPath(from: FieldPath, present: readonly string[]): string | undefined {
  const keys = String(from[0])
    .split(/[.[\]]+/)
    .filter((key) => key !== '');
  if (from.length > 1 || keys.length < 2 || !present.includes(keys[0] ?? '')) return undefined;
  return wayText(keys);
}

function meantWay(
  [first = '', ...deeper]: FieldPath,
  present: readonly string[],
): string | undefined {
  const name = String(first);
  if (deeper.length > 0) {
    const closest = present.includes(name) ? undefined : likeness(name, present);
    return closest === undefined ? undefined : wayText([closest, ...deeper]);
  }
  const closest = likeness(name, present);
  return closest === undefined ? undefined : wayText([closest]);
}

function likeness(name: string, names: readonly string[]): string | undefined {
  const same = names.find((other) => other.toLowerCase() === name.toLowerCase());
  return same ?? closestName(name, names);
}

function wayText(way: FieldPath): string {
  const keys = way.map((key) => (/^[\w-]+$/.test(String(key)) ? String(key) : `'${key}'`));
  return keys.length === 1 ? (keys[0] ?? '') : `[${keys.join(', ')}]`;
}
