// What must hold after everything went wrong.

import { expect } from 'vitest';
import type { TestDatabase } from '../database.js';
import { until } from '../until.js';
import { chaosContent, type ChaosOptions } from './chaos.js';

/** What is checked. */
export interface ChaosChecked extends Pick<ChaosOptions, 'lines' | 'notebooks'> {
  readonly database: TestDatabase;
  /** The warehouse of one process to which nothing happened. */
  readonly clean: TestDatabase;
  readonly dashboards: readonly string[];
}

/** Every line is there once, gold is that of one process, each schedule was one run, each notebook is published once. */
export async function checkChaos({
  database,
  clean,
  dashboards,
  lines,
  notebooks,
}: ChaosChecked): Promise<void> {
  const firings = await database.rows(
    'select schedule, status, count(*)::int from ops.schedule_firing group by 1, 2 order by 1',
  );
  expect(firings).toEqual([
    { schedule: 'nightly', status: 'passed', count: 1 },
    { schedule: 'tick', status: 'passed', count: 1 },
  ]);
  const runs = await database.rows('select trigger, status from ops.pipeline_run order by trigger');
  expect(runs).toEqual([
    { trigger: 'schedule nightly', status: 'passed' },
    { trigger: 'schedule tick', status: 'passed' },
  ]);
  const [lineCount] = await database.rows<{ loaded: number; rejected: number; distinct: number }>(
    `select
      count(*)::int as loaded,
      count(distinct (source_file, line_number))::int as distinct,
      (select count(*)::int from ops.reject) as rejected
    from bronze.log_event`,
  );
  const rejected = Math.floor(lines / 1000);
  expect(lineCount).toEqual({ loaded: lines - rejected, distinct: lines - rejected, rejected });
  expect(await chaosContent(database)).toEqual(await chaosContent(clean));
  const total = String(lines - rejected);
  const published = await database.rows<{ slug: string; status: string; shows: string }>(
    `select slug, status, substring(document from 'total is [0-9]+') as shows
    from publication.notebook_run order by slug`,
  );
  const each = { status: 'passed', shows: `total is ${total}` };
  expect(published).toEqual(
    Array.from({ length: notebooks }, (_, i) => ({ slug: `n${i}`, ...each })).sort((a, b) =>
      a.slug < b.slug ? -1 : 1,
    ),
  );
  for (const dashboard of dashboards) {
    await until(async () => {
      const answer = await fetch(`${dashboard}/notebooks/n0`).catch(() => undefined);
      return answer?.ok === true && (await answer.text()).includes(`total is ${total}`);
    });
  }
}
