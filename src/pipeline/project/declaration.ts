// Parsing of declarations in YAML, with all problems at their position.

import { LineCounter, isMap, isPair, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import {
  keyMessage,
  valueMessage,
  yamlProblems,
  type DeclarationProblem,
} from './declaration-message.js';

/** A parsed declaration, or all its problems. */
export type ParsedDeclaration<Data> =
  | {
      readonly data: Data;
      readonly problems: [];
      /** The offset of a value by its path: `['tests', 0, 'sql']`; of a missing one that of its parent. */
      readonly offsetOf: (path: readonly PropertyKey[]) => number;
    }
  | { readonly data: undefined; readonly problems: DeclarationProblem[] };

/**
 * Parses YAML by a schema; reports all problems with their positions at once.
 *
 * @param what - The name of the YAML in messages: `header`.
 */
export function parseDeclaration<Schema extends z.ZodType>(
  yaml: string,
  schema: Schema,
  what: string,
): ParsedDeclaration<z.infer<Schema>> {
  const document = parseDocument(yaml, { lineCounter: new LineCounter(), prettyErrors: false });
  const unread = yamlProblems(document, yaml);
  if (unread.length > 0) {
    const problems = unread.map(({ offset, message }) => ({
      offset,
      message: `the ${what} is not YAML: ${message}`,
    }));
    return { data: undefined, problems };
  }
  const parsed = schema.safeParse(document.toJS(), { error: valueMessage });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => {
      const subject = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
      const problem = (path: readonly PropertyKey[], reason: string): DeclarationProblem => ({
        offset: offsetOf(document, path),
        message: `${what}: ${subject}${reason}`,
      });
      // An unknown key is reported at the key itself.
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) =>
          problem([...issue.path, key], keyMessage(schema, issue.path, key)),
        );
      }
      const { message } = (issue.code === 'invalid_key' ? issue.issues[0] : issue) ?? issue;
      return [problem(issue.path, message)];
    });
    return { data: undefined, problems };
  }
  return {
    data: parsed.data,
    problems: [],
    offsetOf: (path) => offsetOf(document, path),
  };
}

/** The offset of a value in the YAML; of a missing one that of its parent. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    // A reader looks for the key of a member.
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && (item.key as Node).toString() === String(key))
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    const range = (node as Partial<Node> | undefined)?.range;
    if (range != null) return range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
