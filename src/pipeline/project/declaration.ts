import { LineCounter, isMap, isPair, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';
import {
  keyMessage,
  valueMessage,
  yamlProblems,
  type DeclarationProblem,
} from './declaration-message.js';

/** What a declaration says, or everything that is wrong with it. */
export type ParsedDeclaration<Data> =
  | {
      readonly data: Data;
      readonly problems: [];
      /** Where a value stands, by its path: `['tests', 0, 'sql']`; of a missing one, what lacks it. */
      readonly offsetOf: (path: readonly PropertyKey[]) => number;
    }
  | { readonly data: undefined; readonly problems: DeclarationProblem[] };

/**
 * Reads YAML that people write, so that every mistake is named at its place and all of them at once.
 *
 * @param what - What the YAML is, for messages: `header`.
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
      // The key itself is wrong, so that is what to show.
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

/** Where a value stands in the YAML; for one that is missing, the thing that lacks it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    // Of a member the key is what a reader looks for.
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && (item.key as Node).toString() === String(key))
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, length), true);
    const range = (node as Partial<Node> | undefined)?.range;
    if (range != null) return range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
