// Preview images of published runs.

import type { Pool } from 'pg';

/** A published run without a preview image. */
export interface RunWithoutPicture {
  readonly runId: bigint;
  readonly slug: string;
  /** The page's title. */
  readonly title: string;
  /** The executed notebook as JSON text. */
  readonly document: string;
}

/** The published runs without a preview image. */
export async function runsWithoutPicture(pool: Pool): Promise<RunWithoutPicture[]> {
  const { rows } = await pool.query<RunWithoutPicture>(
    `select shown.run_id as "runId", notebook.slug, notebook.title, shown.document
    from publication.notebook
    cross join lateral (
      select run_id, document, picture from publication.notebook_run as run
      where run.slug = notebook.slug and run.status = 'passed'
      order by run_id desc limit 1
    ) as shown
    where notebook.retired_at is null and notebook.choice_of is null and shown.picture is null
    order by notebook.slug`,
  );
  return rows;
}

/** Stores the preview image of a run; undefined: it has no chart that can be drawn. */
export async function savePicture(
  pool: Pool,
  runId: bigint,
  png: Buffer | undefined,
): Promise<void> {
  await pool.query('update publication.notebook_run set picture = $2 where run_id = $1', [
    runId,
    png ?? Buffer.alloc(0),
  ]);
}
