// Columns that a condition proves not to be null.

import { textTypes, typeOf } from './expression-type.js';
import { isStrict, isStrictOperator } from './function-nullability.js';
import { nodes, strings, type Tree } from '../parse-statements.js';
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
      const arg = node['arg'] as Tree;
      // A row is not null where all of it is not, and null where all of it is.
      if (onlyEntry(arg)[0] === 'RowExpr')
        return isNotNull && outcome ? strictFields(arg, scope) : none;
      return isNotNull === outcome ? strictColumns(arg, scope) : none;
    }
    case 'BooleanTest': {
      const test = node['booltesttype'];
      if (test === (outcome ? 'IS_NOT_UNKNOWN' : 'IS_UNKNOWN'))
        return strictColumns(node['arg'] as Tree, scope);
      if (!outcome || (test !== 'IS_TRUE' && test !== 'IS_FALSE')) return none;
      return provenColumns(node['arg'] as Tree, scope, test === 'IS_TRUE');
    }
    case 'A_Expr': {
      // Of no elements, `any` is false and `all` is true, whatever is compared with them.
      const isOfEach = node['kind'] === 'AEXPR_OP_ANY' ? outcome : !outcome;
      if (node['kind'] === 'AEXPR_OP_ANY' || node['kind'] === 'AEXPR_OP_ALL')
        return isOfEach || hasElements(node['rexpr']) ? comparedColumns(node, scope) : none;
      if (node['kind'] === (outcome ? 'AEXPR_NOT_DISTINCT' : 'AEXPR_DISTINCT'))
        return sameColumns(node, scope);
      const rows = outcome ? comparedRows(node, scope) : none;
      return rows.size > 0 ? rows : strictColumns(condition, scope);
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

/** Whether an array has elements: it is written out, and not empty. */
function hasElements(array: unknown): boolean {
  const [kind, node] = onlyEntry(array as Tree | undefined);
  return kind === 'A_ArrayExpr' && nodes(node['elements']).length > 0;
}

/** What is the same as a value that is there is there. */
function sameColumns({ lexpr, rexpr }: Tree, scope: Scope): Columns {
  const isValue = (side: unknown) => {
    const [kind, node] = onlyEntry(side as Tree | undefined);
    return kind === 'A_Const' && node['isnull'] !== true;
  };
  if (isValue(rexpr)) return strictColumns(lexpr as Tree, scope);
  return isValue(lexpr) ? strictColumns(rexpr as Tree, scope) : none;
}

/** Of rows that are equal all fields are there; of one that is greater, the first is. */
function comparedRows(node: Tree, scope: Scope): Columns {
  const [left, right] = [node['lexpr'], node['rexpr']].map((side) => side as Tree | undefined);
  if (onlyEntry(left)[0] !== 'RowExpr') return none;
  const operator = strings(node['name']).at(-1) ?? '';
  if (node['kind'] === 'AEXPR_IN') return operator === '=' ? strictFields(left, scope) : none;
  if (node['kind'] !== 'AEXPR_OP' || onlyEntry(right)[0] !== 'RowExpr') return none;
  const count = operator === '=' ? Infinity : ['<', '>', '<=', '>='].includes(operator) ? 1 : 0;
  return either([strictFields(left, scope, count), strictFields(right, scope, count)]);
}

/** The columns of which each alone makes a field of a row null. */
function strictFields(row: Tree | undefined, scope: Scope, count = Infinity): Columns {
  const fields = nodes(onlyEntry(row)[1]['args']).slice(0, count);
  return either(fields.map((field) => strictColumns(field, scope)));
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
      if (node['kind'] === 'AEXPR_NULLIF') return strictColumns(node['lexpr'] as Tree, scope);
      const operator = strings(node['name']).at(-1) ?? '';
      if (isOperator && !isStrictOperator(operator) && !joinsTexts(node, scope)) return none;
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

/** Whether an operator joins two texts; `array || null` is an array. */
function joinsTexts({ name, lexpr, rexpr }: Tree, scope: Scope): boolean {
  const isText = (side: unknown) => textTypes.has(typeOf(side, scope, () => []) ?? '');
  return strings(name).at(-1) === '||' && isText(lexpr) && isText(rexpr);
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
