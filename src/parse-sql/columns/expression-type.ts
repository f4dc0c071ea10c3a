// The type of an SQL expression, as far as its text tells.

import { nodes, strings, type Tree } from '../parse-statements.js';
import { entryOf, orderedBy } from './query-parts.js';
import { columnNamed, type ReadSelect, type Scope } from './query-scope.js';

/** The types of texts, by their names in pg_type. */
export const textTypes: ReadonlySet<string> = new Set([
  ...['text', 'varchar', 'bpchar', 'name', 'citext'],
]);

const textFunctions =
  /^(?:[lrb]?trim|replace|concat|concat_ws|substr|substring|left|right|to_char|format|initcap|lower|upper)$/;

/** Functions that give a value of what they are given. */
const chooses =
  /^(?:first_value|last_value|nth_value|lag|lead|any_value|min|max|mode|percentile_disc|array_append|array_cat)$/;

/** Functions of json that give something else. */
const ofJson = /_typeof$|_length$|_exists|_match|_pretty$|_text$|_keys$|^is_json/;

/**
 * The type of an expression by its name in pg_type, as far as it can be told from the text.
 *
 * @param select - Reads a query that stands in the expression.
 */
export function typeOf(expression: unknown, scope: Scope, select: ReadSelect): string | undefined {
  const [kind, node] = entryOf(expression);
  const typesOf = (parts: readonly unknown[]) => parts.map((part) => typeOf(part, scope, select));
  switch (kind) {
    case 'ColumnRef':
      return columnNamed(strings(node['fields']), scope)?.type;
    case 'TypeCast': {
      const { names, arrayBounds } = node['typeName'] as Tree;
      return arrayBounds === undefined ? strings(names).at(-1) : undefined;
    }
    case 'A_Const':
      return 'sval' in node ? 'text' : undefined;
    case 'CollateClause':
      return typeOf(node['arg'], scope, select);
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return commonType(typesOf(nodes(node['args'])));
    case 'CaseExpr': {
      const results = nodes(node['args']).map((branch) => (branch['CaseWhen'] as Tree)['result']);
      return commonType(typesOf([...results, node['defresult']]));
    }
    case 'SubLink': {
      const isValue = node['subLinkType'] === 'EXPR_SUBLINK';
      return isValue ? select(entryOf(node['subselect'])[1], scope)[0]?.type : undefined;
    }
    case 'FuncCall': {
      const name = strings(node['funcname']).at(-1) ?? '';
      if (textFunctions.test(name)) return textOf(typesOf(nodes(node['args'])), name);
      if (chooses.test(name))
        return commonType(typesOf([...nodes(node['args']), ...orderedBy(node)]));
      return name.includes('json') && !ofJson.test(name) ? 'jsonb' : undefined;
    }
    case 'A_Expr': {
      const operator = strings(node['name']).at(-1) ?? '';
      if (operator === '->>' || operator === '#>>') return 'text';
      if (operator === '->' || operator === '#>') return 'jsonb';
      const sides = typesOf([node['lexpr'], node['rexpr']]);
      return operator === '||' || operator === '-' ? commonType(sides) : undefined;
    }
    default:
      return undefined;
  }
}

/** `lower` and `upper` are functions of text, and of ranges. */
function textOf(given: readonly (string | undefined)[], name: string): string | undefined {
  return name === 'lower' || name === 'upper' ? given[0] : 'text';
}

/** The type of a value that is one of several; a text without a type is of the type of the others. */
export function commonType(types: readonly (string | undefined)[]): string | undefined {
  return types.find((type) => type?.startsWith('json')) ?? types.find((type) => type !== undefined);
}

/** Whether a cast is one of json, in which null is a value: of a cast it becomes SQL's null. */
export function isCastOfJson(cast: Tree, scope: Scope, select: ReadSelect): boolean {
  const isFromJson = typeOf(cast['arg'], scope, select)?.startsWith('json') === true;
  const to = typeOf({ TypeCast: cast }, scope, select) ?? '';
  return isFromJson && !/^(?:jsonb?|text)$/.test(to);
}
