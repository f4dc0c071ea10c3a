import type { Element, ElementContent } from 'hast';

/**
 * Calls `visitor` for every element, each before those in it. What it puts in an element's place is not
 * visited. `unist-util-visit` does the same at several times the cost, which pages of large tables feel.
 */
export function eachElement(
  nodes: ElementContent[],
  visitor: (element: Element, index: number, siblings: ElementContent[]) => void,
): void {
  for (const [index, node] of [...nodes.entries()]) {
    if (node.type !== 'element') continue;
    visitor(node, index, nodes);
    eachElement(node.children, visitor);
  }
}
