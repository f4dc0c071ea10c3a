// Whether an SQL expression may be null.

import { isAggregate, isEndless, isTotalOperator, nullRule } from './function-nullability.js';
import { nodes, strings, type Tree } from './parse-statements.js';
import { provenColumns } from './proven-columns.js';
import { columnNamed, mayBeNull, type QueryColumn, type Scope } from './query-scope.js';

/** Reads a query that stands in an expression. */
export type ReadSelect = (select: Tree, outer: Scope) => readonly QueryColumn[];

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
        const column = columnNamed(strings(node['fields']), scope);
        return column === undefined || mayBeNull(column, scope);
      }
      case 'NullTest':
      case 'BooleanTest':
      case 'A_ArrayExpr':
      case 'RowExpr':
      case 'GroupingFunc':
        return false;
      case 'SQLValueFunction':
        return node['op'] === 'SVFOP_CURRENT_SCHEMA';
      case 'BoolExpr':
        return any(nodes(node['args']));
      case 'CoalesceExpr':
      case 'MinMaxExpr':
        return all(nodes(node['args']));
      case 'CollateClause':
      case 'NamedArgExpr':
        return this.isNullable(node['arg'], scope);
      case 'TypeCast':
        return isCastOfJson(node, scope) || this.isNullable(node['arg'], scope);
      case 'CaseExpr':
        return this.#isCaseNullable(node, scope);
      case 'A_Expr':
        return this.#isOperatorNullable(node, scope);
      case 'FuncCall':
        return this.#isCallNullable(node, scope);
      case 'SubLink':
        return this.#isSubqueryNullable(node, scope);
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
      // A condition that is null goes on as one that is false does: only `is null` tells what follows.
      if (entryOf(condition)[0] === 'NullTest')
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
        return !textTypes.has(typeOf(parts[0], scope) ?? '') || isAnyNullable();
      case 'substring':
        // By a pattern, it may find nothing.
        return !parts.slice(1).every(isInteger) || isAnyNullable();
      case 'extract':
      case 'date_part':
        return !isEndless(constantOf(parts[0]) ?? '') || isAnyNullable();
      case 'to_timestamp':
        return parts.length !== 1 || isAnyNullable();
      case 'age':
        return isAnyNullable();
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
  if (select['fromClause'] === undefined && select['whereClause'] === undefined)
    return !hasSet(select['targetList']);
  return hasAggregate(select['targetList']);
}

/** Whether a tree calls an aggregate, outside of the queries in it. */
export function hasAggregate(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  if (Array.isArray(tree)) return tree.some(hasAggregate);
  return Object.entries(tree).some(([kind, node]) => {
    if (kind === 'SelectStmt') return false;
    const call = kind === 'FuncCall' ? (node as Tree) : undefined;
    const isOne =
      call !== undefined &&
      call['over'] === undefined &&
      isAggregate(strings(call['funcname']).at(-1) ?? '');
    return isOne || hasAggregate(node);
  });
}

/** Whether it calls functions that may give several rows, or none. */
function hasSet(tree: unknown): boolean {
  return /"sval":"(?:generate_series|unnest|json\w*_each\w*|json\w*_array_elements\w*|regexp_\w+|\w+_to_\w+)"/.test(
    JSON.stringify(tree),
  );
}

/** Flags of a window's frame in which the row itself need not stand: offsets to the other side, and `exclude`. */
const frameWithoutItself = 0x1000 | 0x2000 | 0x8000 | 0x10000 | 0x20000;

/** Whether the frame of a window has always the row in it that it is asked for. */
function seesItself(over: Tree, scope: Scope): boolean {
  const { name } = over as { name?: string };
  const window = name === undefined ? over : scope.windows.get(name);
  const flags = Number(window?.['frameOptions'] ?? 0);
  return (flags & frameWithoutItself) === 0;
}

function orderedBy(node: Tree): readonly Tree[] {
  if (node['agg_within_group'] !== true) return [];
  return nodes(node['agg_order']).map((item) => (item['SortBy'] as Tree)['node'] as Tree);
}

const textTypes: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name', 'citext']);

const textFunctions =
  /^(?:[lrb]?trim|replace|concat|concat_ws|substr|left|right|to_char|format|initcap)$/;

/** The type of an expression by its name in pg_type, as far as it can be told from the text. */
export function typeOf(expression: unknown, scope: Scope): string | undefined {
  const [kind, node] = entryOf(expression);
  switch (kind) {
    case 'ColumnRef':
      return columnNamed(strings(node['fields']), scope)?.type;
    case 'TypeCast': {
      const { names, arrayBounds } = node['typeName'] as Tree;
      return arrayBounds === undefined ? strings(names).at(-1) : undefined;
    }
    case 'A_Const':
      return 'sval' in node ? 'text' : undefined;
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return typeOf(nodes(node['args'])[0], scope);
    case 'FuncCall': {
      const name = strings(node['funcname']).at(-1) ?? '';
      if (textFunctions.test(name)) return 'text';
      return name.includes('json') ? 'jsonb' : undefined;
    }
    case 'A_Expr': {
      const operator = strings(node['name']).at(-1) ?? '';
      if (operator === '->>' || operator === '#>>') return 'text';
      if (operator === '->' || operator === '#>') return 'jsonb';
      const sides = [node['lexpr'], node['rexpr']].map((side) => typeOf(side, scope));
      return operator === '||' ? sides.find((type) => type !== undefined) : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether a cast is one of json, in which null is a value: of a cast it becomes SQL's null. */
function isCastOfJson(cast: Tree, scope: Scope): boolean {
  const isFromJson = typeOf(cast['arg'], scope)?.startsWith('json') === true;
  return isFromJson && !/^(?:jsonb?|text)$/.test(typeOf({ TypeCast: cast }, scope) ?? '');
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

function entryOf(tree: unknown): [string, Tree] {
  const [[kind, value] = ['', {}]] = Object.entries((tree ?? {}) as Tree);
  return [kind, (value ?? {}) as Tree];
}
