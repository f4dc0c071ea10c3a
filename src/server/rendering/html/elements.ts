// Traversal of HTML trees: each element, and the text of nodes.

import type { Element, ElementContent } from 'hast';

/**
 * Calls `visitor` for every element, parents first. Elements that a visitor inserts are not visited.
 * `unist-util-visit` does the same at several times the cost, which counts for large tables.
 */
export function eachElement(
  nodes: ElementContent[],
  visitor: (element: Element, index: number, siblings: ElementContent[]) => void,
): void {
  // A copy, because the visitor may insert and remove siblings.
  const before = nodes.length === 1 ? undefined : [...nodes];
  const count = nodes.length;
  for (let index = 0; index < count; index += 1) {
    const node = before === undefined ? nodes[index] : before[index];
    if (node?.type !== 'element') continue;
    visitor(node, index, nodes);
    if (node.children.length > 0) eachElement(node.children, visitor);
  }
}

/** The text of nodes, without their tags. */
export function textOf(nodes: readonly ElementContent[]): string {
  let text = '';
  for (const node of nodes) {
    if (node.type === 'text') text += node.value;
    else if (node.type === 'element') text += textOf(node.children);
  }
  return text;
}
