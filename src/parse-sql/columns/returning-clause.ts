// The `returning` clause of statements that change data.

import { nodes, type Tree } from '../parse-statements.js';
import { entryOf } from './query-parts.js';

/** The parts of a statement that changes data and answers with rows. */
export interface ReturningClause {
  /** As items of `from`: what it changes, and what it reads beside it, in the order in which `*` has them. */
  readonly items: readonly Tree[];
  /** The index of what it changes. */
  readonly changed: number;
  readonly targets: readonly Tree[];
  /** What each row that is answered with met. */
  readonly condition: Tree | undefined;
  /** Whether rows may lack what is read beside. */
  readonly mayLackOthers: boolean;
  /** Whether each row was there before, and is there afterwards. */
  readonly has: Readonly<Record<'old' | 'new', boolean>>;
}

/** The `returning` of a statement; undefined: it has none. */
export function returningClause(statement: Tree): ReturningClause | undefined {
  const [kind, node] = entryOf(statement);
  const targets = nodes((node['returningClause'] as Tree | undefined)?.['exprs']).map(
    (item) => item['ResTarget'] as Tree,
  );
  if (targets.length === 0) return undefined;
  const changed = { RangeVar: node['relation'] };
  const others = [...nodes(node['fromClause']), ...nodes(node['usingClause'])];
  const isMerge = kind === 'MergeStmt';
  return {
    items: isMerge ? [node['sourceRelation'] as Tree, changed] : [changed, ...others],
    changed: isMerge ? 1 : 0,
    targets,
    // What an update has let through is changed by then.
    condition: kind === 'DeleteStmt' ? (node['whereClause'] as Tree | undefined) : undefined,
    mayLackOthers: isMerge,
    has: {
      old: kind === 'UpdateStmt' || kind === 'DeleteStmt',
      new: kind === 'InsertStmt' || kind === 'UpdateStmt',
    },
  };
}
