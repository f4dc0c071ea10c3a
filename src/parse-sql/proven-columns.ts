// Columns that a condition proves not to be null.

import { isStrict, isStrictOperator } from './function-nullability.js';
import { nodes, strings, type Tree } from './parse-statements.js';
import { columnNamed, type ItemColumn, type Scope } from './query-scope.js';

type Columns = ReadonlySet<ItemColumn>;

const none: Columns = new Set();

/**
 * The columns that are not null where a condition holds.
 *
 * @param outcome - That it holds, or that it does not: then it is false, and not null.
 */
export function provenColumns(condition: Tree | undefined, scope: Scope, outcome = true): Columns {
  const [kind, node] = onlyEntry(condition);
  switch (kind) {
    case 'BoolExpr': {
      const parts = nodes(node['args']);
      if (node['boolop'] === 'NOT_EXPR') return provenColumns(parts[0], scope, !outcome);
      const all = parts.map((part) => provenColumns(part, scope, outcome));
      return (node['boolop'] === 'AND_EXPR') === outcome ? either(all) : both(all);
    }
    case 'NullTest': {
      const isNotNull = node['nulltesttype'] === 'IS_NOT_NULL';
      return isNotNull === outcome ? strictColumns(node['arg'] as Tree, scope) : none;
    }
    case 'BooleanTest': {
      const test = node['booltesttype'];
      if (!outcome || (test !== 'IS_TRUE' && test !== 'IS_FALSE')) return none;
      return provenColumns(node['arg'] as Tree, scope, test === 'IS_TRUE');
    }
    case 'A_Expr': {
      // Of no elements, `any` is false and `all` is true, whatever is compared with them.
      if (node['kind'] === 'AEXPR_OP_ANY') return outcome ? comparedColumns(node, scope) : none;
      if (node['kind'] === 'AEXPR_OP_ALL') return outcome ? none : comparedColumns(node, scope);
      return strictColumns(condition, scope);
    }
    case 'SubLink':
      return node['subLinkType'] === 'ANY_SUBLINK' && outcome
        ? comparedColumns({ lexpr: node['testexpr'] }, scope)
        : none;
    default:
      return strictColumns(condition, scope);
  }
}

const likes: ReadonlySet<unknown> = new Set(['AEXPR_LIKE', 'AEXPR_ILIKE', 'AEXPR_SIMILAR']);

const ofLeft: ReadonlySet<unknown> = new Set([
  ...['AEXPR_IN', 'AEXPR_BETWEEN', 'AEXPR_NOT_BETWEEN', 'AEXPR_BETWEEN_SYM'],
  'AEXPR_NOT_BETWEEN_SYM',
]);

/** Of what is compared with several values, the columns that make the comparison null. */
function comparedColumns(node: Tree, scope: Scope): Columns {
  const left = node['lexpr'] as Tree | undefined;
  return onlyEntry(left)[0] === 'RowExpr' ? none : strictColumns(left, scope);
}

/** The columns of which each alone makes an expression null. */
function strictColumns(expression: Tree | undefined, scope: Scope): Columns {
  const [kind, node] = onlyEntry(expression);
  const ofAll = (parts: readonly (Tree | undefined)[]) =>
    either(parts.map((part) => strictColumns(part, scope)));
  switch (kind) {
    case 'ColumnRef': {
      const column = columnNamed(strings(node['fields']), { ...scope, outer: undefined });
      return column === undefined ? none : new Set([column]);
    }
    case 'TypeCast':
    case 'CollateClause':
      return strictColumns(node['arg'] as Tree, scope);
    case 'A_Expr': {
      const isOperator = node['kind'] === 'AEXPR_OP';
      if (isOperator && !isStrictOperator(strings(node['name']).at(-1) ?? '')) return none;
      if (isOperator || likes.has(node['kind'])) {
        const sides = [node['lexpr'], node['rexpr']].map((side) => side as Tree | undefined);
        // Rows are compared field by field.
        return sides.some((side) => onlyEntry(side)[0] === 'RowExpr') ? none : ofAll(sides);
      }
      // Neither limit of `between` need be looked at.
      return ofLeft.has(node['kind']) ? comparedColumns(node, scope) : none;
    }
    case 'FuncCall': {
      const isPlain = node['over'] === undefined && node['agg_within_group'] !== true;
      const name = strings(node['funcname']).at(-1) ?? '';
      return isPlain && isStrict(name) ? ofAll(nodes(node['args'])) : none;
    }
    default:
      return none;
  }
}

function onlyEntry(tree: Tree | undefined): [string, Tree] {
  const [[kind, value] = ['', {}]] = Object.entries(tree ?? {});
  return [kind, (value ?? {}) as Tree];
}

function either(sets: readonly Columns[]): Columns {
  return new Set(sets.flatMap((set) => [...set]));
}

function both(sets: readonly Columns[]): Columns {
  const [first = none, ...rest] = sets;
  return new Set([...first].filter((column) => rest.every((set) => set.has(column))));
}
