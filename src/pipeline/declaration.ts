import { LineCounter, isMap, isPair, parseDocument, type Document, type Node } from 'yaml';
import type { z } from 'zod';

/** Something wrong in a declaration: the place is a character of its YAML text, from 0. */
export interface DeclarationProblem {
  readonly offset: number;
  readonly message: string;
}

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
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      offset: error.pos[0],
      message: `the ${what} is not YAML: ${error.message}`,
    }));
    return { data: undefined, problems };
  }
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      // The key itself is wrong, so that is what to show.
      const path =
        issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
      const reason =
        issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? '') : issue.message;
      const subject = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
      return { offset: offsetOf(document, path), message: `${what}: ${subject}${reason}` };
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
