// Rewriting of paths in a page: below a base path, or relative in an exported copy.

import type { Element, ElementContent, Root, RootContent } from 'hast';
import type {} from './finished-node.js';

/** The address of a path below the dashboard's root; undefined: none. */
export type Address = (path: string) => string | undefined;

/** Attributes that may contain such a path. */
const attributes = [
  'href',
  'src',
  'action',
  'dataPlotly',
  'dataPicture',
  'dataMap',
  'dataSearch',
  'dataRoot',
  'dataEvents',
] as const;

/**
 * Rewrites every path that begins with `/` to its address where the page is served: below a base path, or relative
 * in a folder. Addresses of content never begin with `/`, because `resolveLinks` removes them. Changed nodes are
 * copied, because other pages share them.
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
