// Error messages for declarations in YAML, with suggestions.

import { Alias, visit, type Document, type YAMLError } from 'yaml';
import { z } from 'zod';
import { closestName } from '../../text/closest-name.js';

/** A problem of a declaration; the offset is in characters of its YAML text, from 0. */
export interface DeclarationProblem {
  readonly offset: number;
  readonly message: string;
}

/**
 * The problems of YAML syntax, in words for its author. Of errors that prevent further parsing only the first is
 * reported, because the others follow from it.
 */
export function yamlProblems(document: Document, yaml: string): DeclarationProblem[] {
  const problems: DeclarationProblem[] = [];
  for (const error of document.errors) {
    const [offset] = error.pos;
    problems.push({ offset, message: yamlMessage(error, yaml) });
    if (error.code !== 'DUPLICATE_KEY') return problems;
  }
  visit(document, {
    Alias: (_, node: Alias) => {
      if (node.resolve(document) !== undefined) return;
      const [offset = 0] = node.range ?? [];
      const message = `"*${node.source}" stands in quotes: in YAML * names something that was said before`;
      problems.push({ offset, message });
    },
  });
  return problems;
}

function yamlMessage({ code, pos: [offset], message }: YAMLError, yaml: string): string {
  switch (code) {
    case 'UNEXPECTED_TOKEN': {
      const [before = ''] = /[^\s,{}[\]:]+$/.exec(yaml.slice(0, offset)) ?? [];
      const [bracket] = /^[[{][^\s,}]*/.exec(yaml.slice(offset)) ?? [];
      return before === '' || bracket === undefined
        ? message
        : `"${before}${bracket}" stands in quotes: in YAML a bracket begins a list`;
    }
    case 'BAD_SCALAR_START':
      return `a text that begins with ${yaml[offset] ?? ''} stands in quotes`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a text with ": " in it stands in quotes';
    case 'TAB_AS_INDENT':
      return 'indent with blanks; YAML takes no tabs';
    case 'BAD_INDENT':
      return 'a bracket or brace is not closed before here';
    case 'DUPLICATE_KEY':
      return 'the key stands here a second time';
    default:
      return message;
  }
}

type Issue = z.core.$ZodRawIssue;

/** The problem of a value, for schema rules without a message of their own. */
export function valueMessage(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${expectations[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return mustBeOneOf(issue.values.map(String), issue.input);
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty'
        : `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

const expectations: Readonly<Record<string, string>> = {
  string: 'text; a number stands in quotes',
  boolean: 'true or false',
  array: 'a list, like [a, b]',
  object: 'keys with values',
  record: 'keys with values',
  number: 'a number',
  int: 'a whole number',
};

/**
 * The allowed values, and the one that was probably meant.
 *
 * @param meanings - Aliases of the allowed ones.
 */
export function mustBeOneOf(
  allowed: readonly string[],
  found: unknown,
  meanings: Readonly<Record<string, string>> = {},
): string {
  const word = typeof found === 'string' ? found : undefined;
  const meant =
    word === undefined ? undefined : (meanings[word.toLowerCase()] ?? closestName(word, allowed));
  return `must be one of ${allowed.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

/** The problem of an unknown key. */
export function keyMessage(schema: z.ZodType, path: readonly PropertyKey[], key: string): string {
  // `{type: numeric(10,2)}` has two members in YAML.
  if (/[)\]]$/.test(key)) return `"${key}": a value with a comma in it stands in quotes`;
  const known = knownKeys(schema, path);
  const closest = closestName(key, known);
  const meant = closest === undefined ? '' : `; did you mean ${closest}?`;
  return `unknown key ${key}${meant} (there are ${known.join(', ')})`;
}

/** The allowed keys of an object at a path. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let schemas = unwrapped(schema);
  for (const key of path) schemas = schemas.flatMap((each) => inside(each, key)).flatMap(unwrapped);
  return [
    ...new Set(
      schemas.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : [])),
    ),
  ];
}

function inside(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const member = (schema.shape as Record<PropertyKey, z.core.$ZodType>)[key];
    return member === undefined ? [] : [member];
  }
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  return schema instanceof z.ZodArray ? [schema.element] : [];
}

/** A schema without optional wrappers; of a union each alternative. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return unwrapped(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrapped) : [schema];
}
