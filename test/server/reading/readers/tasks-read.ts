import type { Pool } from 'pg';

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** How many tasks of the history a query reads, with those that it throws away. */
export async function tasksRead(
  pool: Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (analyze, timing off, format json) ${sql}`,
    [...values],
  );
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  return plan === undefined ? Number.NaN : readBy(plan);
}

function readBy(node: PlanNode): number {
  const own =
    node['Relation Name'] === 'task_run'
      ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
      : 0;
  return (node.Plans ?? []).reduce((sum, child) => sum + readBy(child), own);
}
