// Lines of notebooks that no longer fit the tables after a pipeline run.

import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment/env-file.js';
import type { Notice } from '../../history/reports/pipeline-report.js';
import type { Describe } from '../../row-types/describe-queries.js';
import { isOutdated } from '../../row-types/project-types.js';
import { readSources } from '../collection/notebook-source.js';
import { formatPlace } from '../document/type-problem.js';
import type { NotebookCheck } from '../run-settings.js';
import { queryProblems } from './query-problems.js';
import { readProjectTypes, updateQueryTypes } from './update-query-types.js';

/** The most lines that a run names. */
const mostLines = 20;

/** Options of {@link findMisfits}. */
export interface MisfitOptions {
  readonly config: Pick<Config, 'root'>;
  readonly env: Environment;
  readonly describe: Describe;
  readonly check: NotebookCheck;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has those queries described anew whose tables have other columns now than when they were described, and checks the
 * notebooks that have one of them, before anything of them is published. Where no column has changed, nothing is asked
 * and nothing is checked.
 *
 * @returns What is wrong, line by line.
 * @throws Postgres's own errors when it cannot be reached; `node:fs`'s when the types cannot be written.
 */
export async function findMisfits({
  config: { root },
  env,
  describe,
  check,
  signal,
}: MisfitOptions): Promise<Notice[]> {
  const types = await readProjectTypes(root);
  const outdated = [...types.queries.keys()].filter((sql) => isOutdated(sql, types));
  if (outdated.length === 0) return [];
  const before = new Map([...types.queries].map(([sql, { text }]) => [sql, withoutComment(text)]));
  const { problems } = await updateQueryTypes(root, outdated, describe, { keepWrong: true });
  const after = (await readProjectTypes(root)).queries;
  const changed = new Set(
    outdated.filter(
      (sql) => problems.has(sql) || withoutComment(after.get(sql)?.text ?? '') !== before.get(sql),
    ),
  );
  if (changed.size === 0) return [];
  const notebooks = (await readSources([], root, env)).flatMap(({ path, file, content }) =>
    'notebook' in content && content.spec.language === 'typescript'
      ? [{ path, check: { path: file, notebook: content.notebook } }]
      : [],
  );
  const checked = await Promise.all(
    check(
      notebooks.map((notebook) => notebook.check),
      { env, signal },
    ),
  );
  const found = notebooks.flatMap(({ path, check: { notebook } }, index) => {
    const own = checked[index];
    if (own === undefined || !own.queries.some(({ sql }) => changed.has(sql))) return [];
    return [...queryProblems(notebook, own.queries, problems), ...own.problems]
      .sort((a, b) => a.cell - b.cell)
      .map((problem): Notice => {
        const message = problem.message.replaceAll(/\s*\n\s*/g, ' ');
        return { kind: 'query', source: formatPlace(path, problem), message };
      });
  });
  const more = found.length - mostLines;
  return more > 0
    ? [
        ...found.slice(0, mostLines),
        {
          kind: 'query',
          source: 'notebooks',
          message: `and ${more} more lines: npx daybook notebooks check`,
        },
      ]
    : found;
}

/** The comment says of which tables a query's types are, which may be other ones with the same columns. */
function withoutComment(member: string): string {
  return member.replace(/^ *\/\*\*.*\n/, '');
}
