// Update of the types of queries (`daybook notebooks check --update`).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { projectTypesFile } from '../../files/project-types.js';
import type { Describe, DescribedQueries } from '../../row-types/describe-queries.js';
import {
  formatProjectTypes,
  membersText,
  parseProjectTypes,
  type ProjectTypes,
} from '../../row-types/project-types.js';
import { queryTypes } from '../../row-types/query-types.js';

/** The types of a project; nothing where there is no file of them yet. */
export async function readProjectTypes(root: string): Promise<ProjectTypes> {
  return parseProjectTypes(await readFile(join(root, projectTypesFile), 'utf8').catch(() => ''));
}

/**
 * Has queries described, and writes their types into the project's `daybook-env.d.ts`.
 *
 * @param keep - Whether the types of other queries stay. Default: they do.
 * @param keepWrong - Whether those of queries with problems stay, as older than their tables. Default: they do not.
 * @returns What is wrong with which of them, and whether the file was changed.
 * @throws Postgres's own errors when it cannot be reached; `node:fs`'s when the file cannot be written.
 */
export async function updateQueryTypes(
  root: string,
  texts: readonly string[],
  describe: Describe,
  {
    keep = true,
    keepWrong = false,
  }: { readonly keep?: boolean; readonly keepWrong?: boolean } = {},
): Promise<Pick<DescribedQueries, 'problems'> & { readonly isChanged: boolean }> {
  const path = join(root, projectTypesFile);
  const before = await readFile(path, 'utf8').catch(() => '');
  const types = parseProjectTypes(before);
  const { types: described, problems } = await describe(texts, types);
  const made = parseProjectTypes(
    formatProjectTypes('', queryTypes([...described.values()], types.tables)),
  );
  const all = new Map([...(keep ? types.queries : []), ...made.queries]);
  for (const sql of keepWrong ? [] : problems.keys()) all.delete(sql);
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
  const after = formatProjectTypes(membersText(types.tables.values()), membersText(sorted));
  if (after === before || (all.size === 0 && types.queries.size === 0)) {
    return { problems, isChanged: false };
  }
  await writeAtomically(path, after);
  return { problems, isChanged: true };
}
