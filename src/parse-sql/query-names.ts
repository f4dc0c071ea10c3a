// Relations, functions and volatile expressions that a statement names.

import { isVolatileName, timeWord } from './volatile-functions.js';
import { nodes, strings, type Tree } from './parse-statements.js';

/** A name in a statement. Offsets are bytes of UTF-8, as in Postgres's parser. */
interface Named {
  readonly name: string;
  readonly offset: number;
}

/** An expression of a statement that is more than computation. */
export interface Found {
  /** For readers: `now()`. */
  readonly what: string;
  readonly offset: number;
}

/** The names of a statement, each list in the order of the tree. */
export interface QueryNames {
  /** Relations, except names of common table expressions where those are visible; one may occur several times. */
  readonly relations: readonly (Named & {
    readonly schema?: string | undefined;
    readonly database?: string | undefined;
  })[];
  /** Mentions of columns qualified with a schema, as in `gold.month.year`. */
  readonly qualifiers: readonly (Named & { readonly schema: string })[];
  /** Functions that are called, without their schema. */
  readonly calls: readonly Named[];
  /** Volatile expressions, by their names. */
  readonly volatile: readonly Found[];
  /** Literals with a word like `now`, which are volatile in dates. */
  readonly timeWords: readonly Found[];
  /** Writes and row locks. */
  readonly writes: readonly {
    readonly kind: 'statement' | 'into' | 'lock';
    readonly offset: number;
  }[];
}

/** Finds the names of a statement at any depth: joins, subqueries, set operations, common table expressions. */
export function queryNames(tree: Tree): QueryNames {
  const walker = new Walker();
  walker.visit(tree, new Set());
  return walker.names;
}

const writingStatements = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

type Lists<T> = {
  -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : never;
};

class Walker {
  readonly names: Lists<QueryNames> = {
    ...{ relations: [], qualifiers: [], calls: [] },
    ...{ volatile: [], timeWords: [], writes: [] },
  };

  /** @param visible - Names of common table expressions that are visible here. */
  visit(value: unknown, visible: ReadonlySet<string>): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, visible);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const { withClause, ...node } = value as Tree;
    const inside = withClause === undefined ? visible : this.#withNames(withClause, visible);
    for (const [kind, child] of Object.entries(node)) {
      if (typeof child === 'object' && child !== null) this.#note(kind, child as Tree, inside);
      this.visit(child, inside);
    }
  }

  /** Visits the common table expressions of a `with`; returns the names visible after them. */
  #withNames(withClause: unknown, visible: ReadonlySet<string>): ReadonlySet<string> {
    const { ctes, recursive } = withClause as { ctes: Tree[]; recursive?: boolean };
    const names = new Set(visible);
    const nameOf = (cte: Tree): string => (cte['CommonTableExpr'] as { ctename: string }).ctename;
    // With `recursive` each sees all, otherwise only earlier ones.
    if (recursive === true) for (const cte of ctes) names.add(nameOf(cte));
    for (const cte of ctes) {
      this.visit(cte, new Set(names));
      names.add(nameOf(cte));
    }
    return names;
  }

  #note(kind: string, node: Tree, visible: ReadonlySet<string>): void {
    const { location: offset = 0 } = node as { location?: number };
    const { calls, volatile, timeWords, writes } = this.names;
    if (kind === 'RangeVar') this.#relation(node, offset, visible);
    else if (kind === 'ColumnRef') this.#column(node, offset);
    else if (kind === 'RangeTableSample') volatile.push({ what: 'tablesample', offset });
    else if (kind === 'SQLValueFunction') {
      volatile.push({ what: 'current_date and the like', offset });
    } else if (kind === 'FuncCall') {
      const parts = strings(node['funcname']);
      const name = parts.at(-1) ?? '';
      const isBuiltIn = parts.length === 1 || parts[0] === 'pg_catalog';
      if (isBuiltIn && isVolatileName(name, nodes(node['args']).length)) {
        volatile.push({ what: `${name}()`, offset });
      }
      calls.push({ name, offset });
    } else if (kind === 'A_Const') {
      const { sval } = node as { sval?: { sval?: string } };
      const [word] = timeWord.exec(sval?.sval ?? '') ?? [];
      if (word !== undefined) timeWords.push({ what: `'${word}'`, offset });
    } else if (kind === 'intoClause') {
      const { location = offset } = node['rel'] as { location?: number };
      writes.push({ kind: 'into', offset: location });
    } else if (kind === 'LockingClause') writes.push({ kind: 'lock', offset });
    else if (writingStatements.has(kind)) writes.push({ kind: 'statement', offset });
  }

  #relation(node: Tree, offset: number, visible: ReadonlySet<string>): void {
    const {
      catalogname: database,
      schemaname: schema,
      relname: name,
    } = node as { catalogname?: string; schemaname?: string; relname: string };
    if (schema === undefined && visible.has(name)) return;
    this.names.relations.push({ name, offset, schema, database });
  }

  #column(node: Tree, offset: number): void {
    const [schema, name, column] = nodes(node['fields']).map((field) => strings([field])[0]);
    if (schema === undefined || name === undefined || column === undefined) return;
    this.names.qualifiers.push({ schema, name, offset });
  }
}
