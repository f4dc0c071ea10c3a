// A Postgres query plan as text.

import { countOf, formatCount } from '../../../text/amounts.js';

/** The fields of a node of `explain (format json)` that are shown. */
interface PlanStep {
  readonly 'Node Type'?: unknown;
  readonly 'Join Type'?: unknown;
  readonly Strategy?: unknown;
  readonly Schema?: unknown;
  readonly 'Relation Name'?: unknown;
  readonly 'Index Name'?: unknown;
  readonly 'CTE Name'?: unknown;
  readonly 'Subplan Name'?: unknown;
  readonly 'Plan Rows'?: unknown;
  readonly 'Actual Rows'?: unknown;
  readonly 'Actual Loops'?: unknown;
  readonly Plans?: unknown;
}

/**
 * A query plan as an indented tree, one node a line: what it does, on which relation, how many rows resulted and,
 * where the estimate is far off, how many were expected.
 *
 * @param plan - The JSON of `explain`; anything else is shown as it is.
 */
export function planText(plan: unknown): string {
  const root: unknown = Array.isArray(plan)
    ? (plan[0] as { Plan?: unknown } | undefined)?.Plan
    : plan;
  if (typeof plan === 'string') return plan;
  if (!isStep(root)) return JSON.stringify(plan, null, 2);
  return linesOf(root, 0).join('\n');
}

function linesOf(step: PlanStep, depth: number): string[] {
  const children = Array.isArray(step.Plans) ? step.Plans.filter(isStep) : [];
  return [
    `${'  '.repeat(depth)}${depth === 0 ? '' : '→ '}${describeStep(step)}`,
    ...children.flatMap((child) => linesOf(child, depth + 1)),
  ];
}

function describeStep(step: PlanStep): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const join = text(step['Join Type']);
  const kind = text(step['Node Type']) ?? '';
  const name = join === undefined || join === 'Inner' ? kind : `${kind} (${join.toLowerCase()})`;
  const relation = text(step['Relation Name']);
  const schema = text(step.Schema);
  const on =
    (relation !== undefined && schema !== undefined ? `${schema}.${relation}` : relation) ??
    text(step['CTE Name']) ??
    text(step['Index Name']);
  const part = text(step['Subplan Name']);
  return [
    part === undefined ? undefined : `${part}:`,
    name,
    on === undefined ? undefined : `on ${on}`,
    `· ${describeRows(step)}`,
  ]
    .filter((word) => word !== undefined)
    .join(' ');
}

function describeRows(step: PlanStep): string {
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
  const loops = number(step['Actual Loops']) ?? 1;
  const expected = number(step['Plan Rows']);
  const rows = number(step['Actual Rows']);
  if (rows === undefined)
    return loops === 0 ? 'never run' : `${formatCount(expected)} rows expected`;
  if (loops === 0) return 'never run';
  const words = `${countOf(rows, 'row')}${loops > 1 ? ` × ${formatCount(loops)}` : ''}`;
  const isFarOff =
    expected !== undefined && (expected > 10 * rows + 10 || rows > 10 * expected + 10);
  return isFarOff ? `${words} (${formatCount(expected)} expected)` : words;
}

function isStep(value: unknown): value is PlanStep {
  return typeof value === 'object' && value !== null && 'Node Type' in value;
}
