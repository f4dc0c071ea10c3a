// Drift of a source: new fields, types and values in this run.

import type { Pool } from 'pg';
import { readNewShapes } from '../../history/files/drift.js';
import type { Drift } from '../../history/reports/pipeline-report.js';
import type { Source } from '../definitions/source.js';

/**
 * New fields, types and values that no declaration expects. For the first load of a source nothing is new, except
 * values that its declaration does not list.
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
      // An occasional null is no other type.
      return !isFirstLoad && !(kind === 'type' && detail === 'null');
    })
    .map(({ isFirstLoad: _, ...drift }) => drift);
}
