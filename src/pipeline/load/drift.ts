import type { Pool } from 'pg';
import { readNewShapes } from '../../history/drift.js';
import type { Drift } from '../../history/pipeline-report.js';
import type { Source } from '../definitions/source.js';

/**
 * What a run saw for the first time and no declaration expects. Of a source that no run has loaded before
 * nothing is new, except for values that its declaration does not list.
 */
export async function readDrift(
  pool: Pool,
  sources: readonly Source[],
  runId: number,
): Promise<Drift[]> {
  const seen = await readNewShapes(pool, runId);
  return seen
    .filter(({ isFirstLoad, source, kind, name, detail }) => {
      const column = sources
        .find((declared) => declared.name === source)
        ?.columns.find((declared) => declared.name === name);
      if (kind === 'value' && Array.isArray(column?.values)) return !column.values.includes(detail);
      // A field that is null now and then has no other type.
      return !isFirstLoad && !(kind === 'type' && detail === 'null');
    })
    .map(({ isFirstLoad: _, ...drift }) => drift);
}
