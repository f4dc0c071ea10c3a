// GitHub's alerts in markdown: `> [!NOTE]`, `> [!WARNING]`.

import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import { eachElement } from '../html/elements.js';

const kinds = ['note', 'tip', 'important', 'warning', 'caution'] as const;
const marker = new RegExp(`^\\[!(${kinds.join('|')})\\][ \\t]*(?:\\n|$)`, 'i');

/**
 * Turns block quotes that begin with `[!NOTE]` and the like into alerts, in place. Works on sanitised trees: the
 * classes that it sets are the page's own.
 */
export function markAlerts(nodes: ElementContent[]): void {
  eachElement(nodes, (node, index, siblings) => {
    if (node.tagName !== 'blockquote') return;
    const paragraph = node.children.find((child): child is Element => child.type === 'element');
    const first = paragraph?.children[0];
    if (paragraph?.tagName !== 'p' || first?.type !== 'text') return;
    const kind = marker.exec(first.value)?.[1]?.toLowerCase();
    if (kind === undefined) return;
    first.value = first.value.replace(marker, '');
    const isEmpty = paragraph.children.length === 1 && first.value === '';
    siblings[index] = h('div', { className: ['alert', `alert-${kind}`], role: 'note' }, [
      h('p', { className: 'alert-kind' }, kind.charAt(0).toUpperCase() + kind.slice(1)),
      ...node.children.filter((child) => child !== paragraph || !isEmpty),
    ]);
  });
}
