import { closestName } from '../../closest-name.js';
import { DaybookError } from '../../errors.js';
import type { Source } from '../sources/source.js';

/** Columns that a CSV may have: more are the fault of whoever wrote it, and each line has all of them. */
export const mostColumns = 10_000;
/** So much of a header is shown, in characters. */
const mostShown = 300;

/**
 * Holds the header of a CSV against the declaration: a column that is declared and not there would be null in
 * each line, and a title that was taken for the header would make all of them null.
 *
 * @param path - Where the file is, for the message.
 * @throws DaybookError `DATA_SHAPE`.
 */
export function checkHeader(
  header: readonly string[],
  { name, columns }: Pick<Source, 'name' | 'columns'>,
  path: string,
): void {
  const where = path;
  if (header.length > mostColumns) {
    const what = `its header has ${header.length} columns, more than ${mostColumns}`;
    throw new DaybookError('DATA_SHAPE', what, { where, hint: 'split the file by columns' });
  }
  const present = new Set(header);
  const missing = columns
    .filter(({ mayBeAbsent }) => mayBeAbsent !== true)
    .map(({ from }) => String(from[0]))
    .filter((from) => !present.has(from));
  if (missing.length === 0) return;
  const names = header.join(', ').replace(/\p{C}/gu, ' ');
  const shown = names.length > mostShown ? `${names.slice(0, mostShown)}…` : names;
  const declared = new Set(columns.map(({ from }) => String(from[0])));
  const others = header.filter((other) => !declared.has(other) && other.length < mostShown);
  const meant = missing.flatMap((from) => {
    const closest = likeness(from, others);
    return closest === undefined ? [] : [`from: ${quoted(closest)} for ${from}`];
  });
  throw new DaybookError(
    'DATA_SHAPE',
    `its header has no ${missing.map(quoted).join(', ')}; it has ${shown}`,
    {
      where,
      hint: [
        `in sql/sources/${name}.yaml: `,
        ...(meant.length === 0 ? [] : [`${meant.join(', ')}; `]),
        'may_be_absent: true for a column that not every file has; ',
        'format: {csv: {skip: N}} for lines before the header',
      ].join(''),
    },
  );
}

function likeness(name: string, header: readonly string[]): string | undefined {
  const same = header.find((other) => other.toLowerCase() === name.toLowerCase());
  return same ?? closestName(name, header);
}

function quoted(name: string): string {
  return /^[\w-]+$/.test(name) ? name : `'${name}'`;
}
