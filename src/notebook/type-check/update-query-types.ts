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
  type QueryDeclaration,
} from '../../row-types/project-types.js';
import { textLiteral } from '../../row-types/row-type.js';
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
  const after = withQueries(types, all);
  if (after === before || (all.size === 0 && types.queries.size === 0)) {
    return { problems, isChanged: false };
  }
  await writeAtomically(path, after);
  return { problems, isChanged: true };
}

/**
 * Gives types of the project's queries to other texts that mean the same. Nothing is asked of the warehouse.
 *
 * @param texts - Of all queries of some notebooks, as they were and as they are.
 * @param keep - Whether texts of before keep their types, since other notebooks may have them.
 */
export async function renameQueries(
  root: string,
  texts: readonly (readonly [before: string, after: string])[],
  { keep }: { readonly keep: boolean },
): Promise<void> {
  const types = await readProjectTypes(root);
  const all = new Map(types.queries);
  for (const [before, after] of texts) {
    const known = types.queries.get(before);
    if (known === undefined || before === after) continue;
    const text = known.text.replace(textLiteral(before), () => textLiteral(after));
    all.set(after, { ...known, text });
  }
  const used = new Set(texts.map(([, after]) => after));
  for (const [before, after] of texts) {
    if (!keep && before !== after && !used.has(before)) all.delete(before);
  }
  const changed = withQueries(types, all);
  if (changed !== withQueries(types, types.queries))
    await writeAtomically(join(root, projectTypesFile), changed);
}

/** The project's file of types, with these queries in it. */
function withQueries(
  { tables }: Pick<ProjectTypes, 'tables'>,
  queries: ReadonlyMap<string, QueryDeclaration>,
): string {
  const sorted = [...queries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
  return formatProjectTypes(membersText(tables.values()), membersText(sorted));
}
