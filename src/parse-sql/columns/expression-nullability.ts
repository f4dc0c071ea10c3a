// Whether an SQL expression may be null.

import { isCastOfJson, textTypes, typeOf } from './expression-type.js';
import { isEndless, isTotalOperator, nullRule } from './function-nullability.js';
import { nodes, strings, type Tree } from '../parse-statements.js';
import { provenColumns } from './proven-columns.js';
import { countOfSets, entryOf, hasAggregate, orderedBy } from './query-parts.js';
import { columnNamed, itemNamed, mayBeNull, type ReadSelect, type Scope } from './query-scope.js';

/**
 * Whether an expression may give null: false only where no row of any data gives it. Postgres itself does not say it
 * of the columns of a query.
 */
export class NullReader {
  readonly #select: ReadSelect;

  constructor(select: ReadSelect) {
    this.#select = select;
  }

  isNullable(expression: unknown, scope: Scope): boolean {
    const [kind, node] = entryOf(expression);
    const any = (parts: readonly unknown[]) => parts.some((part) => this.isNullable(part, scope));
    const all = (parts: readonly unknown[]) => parts.every((part) => this.isNullable(part, scope));
    switch (kind) {
      case 'A_Const':
        return node['isnull'] === true;
      case 'ColumnRef': {
        if (scope.groups === 'subtotals') return true;
        const names = strings(node['fields']);
        const column = columnNamed(names, scope);
        if (column !== undefined) return mayBeNull(column, scope);
        // The name of an item of `from` is its row.
        const row = itemNamed(names.at(-1), scope)?.columns;
        return row?.every(({ outerJoins }) => outerJoins.size === 0) !== true;
      }
      case 'NullTest':
      case 'BooleanTest':
      case 'A_ArrayExpr':
      case 'RowExpr':
      case 'GroupingFunc':
      case 'MergeSupportFunc':
        return false;
      case 'SQLValueFunction':
        return node['op'] === 'SVFOP_CURRENT_SCHEMA';
      case 'BoolExpr':
        return any(nodes(node['args'])) && !decides(node);
      case 'CoalesceExpr':
        return all(nodes(node['args'])) && !hasEitherSide(nodes(node['args']), scope);
      case 'MinMaxExpr':
        return all(nodes(node['args']));
      case 'CollateClause':
      case 'NamedArgExpr':
        return this.isNullable(node['arg'], scope);
      case 'TypeCast':
        return isCastOfJson(node, scope, this.#select) || this.isNullable(node['arg'], scope);
      case 'CaseExpr':
        return this.#isCaseNullable(node, scope);
      case 'A_Expr':
        return this.#isOperatorNullable(node, scope);
      case 'FuncCall':
        return this.#isCallNullable(node, scope);
      case 'SubLink':
        return this.#isSubqueryNullable(node, scope);
      case 'A_Indirection':
        return this.#isPartNullable(node, scope);
      case 'JsonIsPredicate':
        return this.isNullable(node['expr'], scope);
      case 'JsonObjectConstructor':
      case 'JsonArrayConstructor':
        return false;
      default:
        return true;
    }
  }

  #isCaseNullable(node: Tree, scope: Scope): boolean {
    if (node['defresult'] === undefined) return true;
    let proven = scope.proven;
    const branches = nodes(node['args']).map((branch) => branch['CaseWhen'] as Tree);
    const isNullable = branches.some(({ expr, result }) => {
      if (node['arg'] !== undefined) return this.isNullable(result, scope);
      const condition = expr as Tree;
      const within = new Set([...proven, ...provenColumns(condition, scope)]);
      const isBranchNullable = this.isNullable(result, { ...scope, proven: within });
      // A condition that is null goes on as one that is false does, so only one that is never null tells what follows.
      if (!this.isNullable(condition, { ...scope, proven }))
        proven = new Set([...proven, ...provenColumns(condition, scope, false)]);
      return isBranchNullable;
    });
    return isNullable || this.isNullable(node['defresult'], { ...scope, proven });
  }

  #isOperatorNullable(node: Tree, scope: Scope): boolean {
    const sides = [node['lexpr'], node['rexpr']].filter((side) => side !== undefined);
    // Rows are compared, and values looked for, one by one.
    const values: readonly unknown[] = sides.flatMap((side): readonly unknown[] => {
      const [kind, inner] = entryOf(side);
      if (kind === 'RowExpr') return nodes(inner['args']);
      if (kind === 'A_ArrayExpr') return nodes(inner['elements']);
      return kind === 'List' ? nodes(inner['items']) : [side];
    });
    const isAnyNullable = () => values.some((value) => this.isNullable(value, scope));
    switch (node['kind']) {
      case 'AEXPR_DISTINCT':
      case 'AEXPR_NOT_DISTINCT':
        return false;
      case 'AEXPR_NULLIF':
        return true;
      case 'AEXPR_OP':
        return !isTotalOperator(strings(node['name']).at(-1) ?? '') || isAnyNullable();
      case 'AEXPR_OP_ANY':
      case 'AEXPR_OP_ALL':
        // The elements of an array may be null where the array is not.
        return entryOf(node['rexpr'])[0] !== 'A_ArrayExpr' || isAnyNullable();
      default:
        return isAnyNullable();
    }
  }

  #isCallNullable(node: Tree, scope: Scope): boolean {
    const names = strings(node['funcname']);
    const name = names.at(-1) ?? '';
    // What a project has defined itself may give what it likes.
    if (names.length > 1 && names[0] !== 'pg_catalog') return true;
    const parts = [...nodes(node['args']), ...orderedBy(node)];
    const isAnyNullable = (within: Scope) => parts.some((part) => this.isNullable(part, within));
    const over = node['over'] as Tree | undefined;
    const rule = nullRule(name);
    switch (rule) {
      case 'never':
        return false;
      case 'for null':
        return isAnyNullable(scope);
      case 'for null first':
        return this.isNullable(parts[0], scope);
      case 'for no rows':
      case 'for no values': {
        if (node['agg_filter'] !== undefined) return true;
        const hasRows = over === undefined ? scope.groups === 'some rows' : seesItself(over, scope);
        const ungrouped: Scope = { ...scope, groups: 'maybe none' };
        return !hasRows || (rule === 'for no values' && isAnyNullable(over ? scope : ungrouped));
      }
      case 'perhaps':
        return this.#isOtherNullable(name, parts, over, scope);
    }
  }

  /** Of functions whose answer depends on more than whether an argument is null. */
  #isOtherNullable(
    name: string,
    parts: readonly Tree[],
    over: Tree | undefined,
    scope: Scope,
  ): boolean {
    const isAnyNullable = () => parts.some((part) => this.isNullable(part, scope));
    switch (name) {
      case 'lower':
      case 'upper':
        // Of a range they give a bound, which it may not have.
        return !textTypes.has(typeOf(parts[0], scope, this.#select) ?? '') || isAnyNullable();
      case 'substring':
        // By a pattern, it may find nothing.
        return !parts.slice(1).every(isInteger) || isAnyNullable();
      case 'extract':
      case 'date_part':
        return (
          !(
            isEndless(constantOf(parts[0]) ?? '') || isTime(typeOf(parts[1], scope, this.#select))
          ) || isAnyNullable()
        );
      case 'to_char':
        // Of an instant without end it gives none.
        return !numberTypes.has(typeOf(parts[0], scope, this.#select) ?? '') || isAnyNullable();
      case 'to_number':
        return (constantOf(parts[1]) ?? '') === '' || this.isNullable(parts[0], scope);
      case 'jsonb_path_exists':
        return parts.length > 3 || isAnyNullable();
      case 'array_fill':
        return parts.slice(1).some((part) => this.isNullable(part, scope));
      case 'array_cat':
        return parts.every((part) => this.isNullable(part, scope));
      case 'string_to_table':
        return parts.length > 2;
      case 'unnest':
        return entryOf(parts[0])[0] !== 'A_ArrayExpr' || parts.length > 1
          ? true
          : nodes(entryOf(parts[0])[1]['elements']).some((item) => this.isNullable(item, scope));
      case 'to_timestamp':
      case 'age':
      case 'ntile':
        return isAnyNullable();
      case 'lag':
      case 'lead':
        return parts.length < 3 || isAnyNullable();
      case 'first_value':
      case 'last_value':
        return over === undefined || !seesItself(over, scope) || isAnyNullable();
      default:
        return true;
    }
  }

  /** Of an array, a slice is there where its bounds are; an element need not be. */
  #isPartNullable(node: Tree, scope: Scope): boolean {
    const places = nodes(node['indirection']).map((place) => (place['A_Indices'] ?? {}) as Tree);
    return (
      this.isNullable(node['arg'], scope) ||
      places.some(
        ({ is_slice, lidx, uidx }) =>
          is_slice !== true ||
          [lidx, uidx].some((bound) => bound !== undefined && this.isNullable(bound, scope)),
      )
    );
  }

  #isSubqueryNullable(node: Tree, scope: Scope): boolean {
    const query = entryOf(node['subselect'])[1];
    switch (node['subLinkType']) {
      case 'EXISTS_SUBLINK':
      case 'ARRAY_SUBLINK':
        return false;
      case 'EXPR_SUBLINK': {
        const [column] = this.#select(query, scope);
        return !hasOneRow(query) || (column?.isNullable ?? true);
      }
      default:
        return (
          this.isNullable(node['testexpr'], scope) ||
          this.#select(query, scope).some((column) => column.isNullable)
        );
    }
  }
}

/** Whether a query gives one row of whatever data: it counts or adds up all of them. */
function hasOneRow(select: Tree): boolean {
  const isPlain = ['groupClause', 'havingClause', 'limitCount', 'limitOffset', 'larg'].every(
    (clause) => select[clause] === undefined,
  );
  if (!isPlain || nodes(select['valuesLists']).length > 0) return false;
  if (countOfSets(select['targetList']) > 0) return false;
  if (select['fromClause'] === undefined && select['whereClause'] === undefined) return true;
  return hasAggregate(select['targetList']);
}

/** Flags of a window's frame in which the row itself need not stand: offsets to the other side, and `exclude`. */
const frameWithoutItself = 0x1000 | 0x2000 | 0x8000 | 0x10000;

/** Whether the frame of a window has always the row in it that it is asked for. */
function seesItself(over: Tree, scope: Scope): boolean {
  const { name } = over as { name?: string };
  const window = name === undefined ? over : scope.windows.get(name);
  const flags = Number(window?.['frameOptions'] ?? 0);
  return (flags & frameWithoutItself) === 0;
}

/** Whether the parts are columns of both sides of a full join, of which a row has one. */
function hasEitherSide(parts: readonly Tree[], scope: Scope): boolean {
  const joins = parts.flatMap((part) => {
    const [kind, node] = entryOf(part);
    const column = kind === 'ColumnRef' ? columnNamed(strings(node['fields']), scope) : undefined;
    return column?.isNullable === false && column.outerJoins.size === 1
      ? [...column.outerJoins]
      : [];
  });
  return joins.some(({ opposite }) => opposite !== undefined && joins.includes(opposite));
}

/** Whether one part decides: `or true`, `and false`. */
function decides(node: Tree): boolean {
  const isOr = node['boolop'] === 'OR_EXPR';
  return nodes(node['args']).some((part) => {
    const [kind, constant] = entryOf(part);
    const { boolval } = (kind === 'A_Const' ? constant : {}) as { boolval?: { boolval?: boolean } };
    return boolval !== undefined && (boolval.boolval === true) === isOr;
  });
}

const numberTypes: ReadonlySet<string> = new Set([
  ...['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'],
]);

/** Whether a type is a time of day, which has an end. */
function isTime(type: string | undefined): boolean {
  return type === 'time' || type === 'timetz';
}

function isInteger(expression: unknown): boolean {
  const [kind, node] = entryOf(expression);
  return kind === 'A_Const' && 'ival' in node;
}

function constantOf(expression: unknown): string | undefined {
  const [kind, node] = entryOf(expression);
  const { sval } = (kind === 'A_Const' ? node : {}) as { sval?: { sval?: string } };
  return sval?.sval;
}
