// Positions of fields in the project file, for error messages.

import { parseAst } from 'rolldown/parseAst';

/** A node of the syntax tree. */
type Node = Readonly<Record<string, unknown>>;

/**
 * The offset of a field in a project file; of a missing one that of its parent.
 *
 * @param text - TypeScript with a default export of an object, or of a call with one.
 */
export function fieldOffset(text: string, path: readonly string[]): number {
  const { body } = parseAst(text, { lang: 'ts' }) as unknown as { body: readonly Node[] };
  const exported = body.find(({ type }) => type === 'ExportDefaultDeclaration');
  let [object, offset] = [objectOf(exported?.['declaration'], body), startOf(exported)];
  for (const name of path) {
    const property = propertiesOf(object).find(({ key }) => nameOf(key) === name);
    if (property === undefined) break;
    offset = startOf(property);
    object = objectOf(property['value'], body);
  }
  return offset;
}

/** The object of an expression: a literal, with a type, an argument, or by name. */
function objectOf(expression: unknown, body: readonly Node[]): Node | undefined {
  const node = expression as Node | undefined;
  switch (node?.['type']) {
    case 'ObjectExpression':
      return node;
    case 'TSSatisfiesExpression':
    case 'TSAsExpression':
    case 'ParenthesizedExpression':
      return objectOf(node['expression'], body);
    case 'CallExpression':
      return objectOf((node['arguments'] as readonly Node[])[0], body);
    case 'Identifier': {
      const declared = body
        .flatMap((statement) => (statement['declarations'] ?? []) as readonly Node[])
        .find(({ id }) => nameOf(id) === node['name']);
      return declared === undefined ? undefined : objectOf(declared['init'], []);
    }
    default:
      return undefined;
  }
}

function propertiesOf(object: Node | undefined): readonly Node[] {
  return (object?.['properties'] ?? []) as readonly Node[];
}

/** `name` or `'name'`. */
function nameOf(key: unknown): unknown {
  const { name, value } = (key ?? {}) as Node;
  return name ?? value;
}

function startOf(node: Node | undefined): number {
  return (node?.['start'] as number | undefined) ?? 0;
}
