// The type check with types of queries that Postgres describes.

import pLimit from 'p-limit';
import { describeError } from '../../errors.js';
import type { Describe } from '../../row-types/describe-queries.js';
import type { NotebookCheck } from '../run-settings.js';
import { outdatedQueries, queryProblems, undescribedProblem } from './query-problems.js';
import { readProjectTypes, updateQueryTypes } from './update-query-types.js';

/**
 * A type check that first has those queries of a notebook described whose types are not known, or older than their
 * tables: what is wrong with a query is found before anything runs, at its place.
 *
 * @param root - The project's, whose types are renewed.
 */
export function describingCheck(
  root: string,
  describe: Describe,
  check: NotebookCheck,
): NotebookCheck {
  // Each reads the file of types that the one before has written.
  const inTurn = pLimit(1);
  return (notebooks, options) =>
    check(notebooks, options).map(async (checking, index) => {
      const found = await checking;
      const notebook = notebooks[index];
      const types = await readProjectTypes(root);
      const outdated = outdatedQueries(found.queries, types);
      if (notebook === undefined || outdated.length === 0) return found;
      const texts = outdated.map(({ sql }) => sql);
      let updated: Awaited<ReturnType<typeof updateQueryTypes>>;
      try {
        updated = await inTurn(() => updateQueryTypes(root, texts, describe));
      } catch (error) {
        const problem = undescribedProblem(notebook.notebook, outdated, describeError(error));
        return { ...found, problems: [...problem, ...found.problems] };
      }
      const { problems, isChanged } = updated;
      const [again] = isChanged ? check([notebook], options) : [];
      const checked = (await again) ?? found;
      const wrong = queryProblems(notebook.notebook, found.queries, problems);
      return {
        ...checked,
        // Types that come of a wrong query say nothing: its own mistake comes first.
        problems: [...wrong, ...checked.problems].sort((a, b) => a.cell - b.cell),
      };
    });
}
