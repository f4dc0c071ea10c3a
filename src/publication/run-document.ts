// The executed notebook of a run.

import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';

/** The executed notebook of a run as published, and its path; undefined: there is no such run. */
export async function readRunDocument(
  pool: Pool,
  runId: string,
): Promise<{ document: string; path: string } | undefined> {
  const [found] = await queryRows<{ document: string; path: string }>(
    pool,
    `select document, path from publication.notebook_run join publication.notebook using (slug)
    where run_id = $1`,
    [runId],
  );
  return found;
}
