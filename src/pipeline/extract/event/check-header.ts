// Check of a CSV's header against the declaration of its source.

import { DaybookError } from '../../../errors.js';
import { missingFields } from './missing-fields.js';
import type { Source } from '../../definitions/source.js';

/** The most columns of a CSV; more are a fault of the file, and every line has all of them. */
export const mostColumns = 10_000;

/**
 * Checks the header of a CSV: a declared column that is missing would be null in each line, and a title taken for
 * the header would make all of them null.
 *
 * @param path - Of the file, for the message.
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
  const delimiter = meantDelimiter(header, missing);
  throw missingFields({
    what: 'its header has no',
    have: 'it has',
    missing: missing.map((from) => [from]),
    present: header,
    source: { name, columns },
    path,
    isSure: delimiter !== undefined,
    advice:
      delimiter === undefined
        ? 'may_be_absent: true for a column that not every file has; format: {csv: {skip: N}} for lines before the header'
        : `format: {csv: {delimiter: ${delimiter}}}`,
  });
}

/** The delimiter, in YAML, that would split a header of one column into the declared names. */
function meantDelimiter(header: readonly string[], missing: readonly string[]): string | undefined {
  const [only = '', ...others] = header;
  if (others.length > 0) return undefined;
  const sign = [';', '\t', '|', ','].find((each) =>
    only
      .split(each)
      .slice(0, mostColumns)
      .some((name, _, { length }) => length > 1 && missing.includes(unquoted(name))),
  );
  if (sign === undefined) return undefined;
  return sign === '\t' ? String.raw`"\t"` : `'${sign}'`;
}

/** A name from a header that was not split, without its quotes. */
function unquoted(name: string): string {
  return name.trim().replace(/^"+|"+$/g, '');
}
