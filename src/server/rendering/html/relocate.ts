import type { Element, ElementContent, Root, RootContent } from 'hast';
import type {} from './finished-node.js';

/** Gives the address under which a path below the dashboard's root is found; undefined: nowhere. */
export type Address = (path: string) => string | undefined;

/** What may hold such a path. */
const attributes = [
  'href',
  'src',
  'action',
  'dataPlotly',
  'dataMap',
  'dataSearch',
  'dataRoot',
  'dataEvents',
] as const;

/**
 * A page with every path, which begins with `/`, as the address that it has where the page is served:
 * below a base path, or beside the page in a folder. Addresses of content never begin with `/`:
 * `resolveLinks` takes them away. What changes is copied: other pages are made of the same nodes.
 */
export function relocate(root: Root, address: Address): Root {
  return { ...root, children: root.children.map((child) => relocateNode(child, address)) };
}

function relocateNode<Node extends RootContent | ElementContent>(
  node: Node,
  address: Address,
): Node {
  if (node.type === 'finished') {
    return { ...node, links: node.links.map((path) => path && address(path)) };
  }
  if (node.type !== 'element') return node;
  const children = node.children.map((child) => relocateNode(child, address));
  return { ...node, properties: relocateProperties(node, address), children };
}

function relocateProperties({ properties }: Element, address: Address): Element['properties'] {
  const names = attributes.filter((name) => properties[name]?.toString().startsWith('/'));
  if (names.length === 0) return properties;
  const addresses = names.map((name) => [name, address(String(properties[name]))]);
  return { ...properties, ...(Object.fromEntries(addresses) as Element['properties']) };
}
