// Pages of the dashboard, for publishing and unpublishing.

import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';

/** A page of the dashboard. */
export interface PublishedPage {
  /** Its name in addresses. */
  readonly slug: string;
  /** The notebook relative to the project's root. */
  readonly path: string;
  readonly title: string;
  /** Parameter values that differ from those in the file; null: none. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
  /** The notebook of whose choices it is one page; null: none. */
  readonly choiceOf: string | null;
  /** The folder of the project that published it last; null: published by a version that did not record it. */
  readonly project: string | null;
  /** The run that it shows; null: none has passed. */
  readonly runId: bigint | null;
}

/** The published pages, by path and name. */
export function readPublishedPages(pool: Pool): Promise<PublishedPage[]> {
  return queryRows<PublishedPage>(
    pool,
    `select
      slug, path, title, parameters, project,
      choice_of as "choiceOf",
      (
        select max(run_id) from publication.notebook_run as run
        where run.slug = notebook.slug and run.status = 'passed'
      ) as "runId"
    from publication.notebook
    where retired_at is null
    order by path, slug`,
  );
}

/** Unpublishes pages; their runs are kept. */
export async function retirePages(pool: Pool, slugs: readonly string[]): Promise<void> {
  await pool.query(
    `update publication.notebook set retired_at = clock_timestamp()
    where slug = any ($1) and retired_at is null`,
    [slugs],
  );
}
