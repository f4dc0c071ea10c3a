// JSON outputs as a tree that folds.

import { countOf } from '../../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { Json } from '../../../nbformat/notebook.js';
import { highlightCode } from '../text/highlight.js';

const maxFlatLines = 40;
const maxEntries = 200;
const maxDepth = 40;

/**
 * JSON for readers: short values as formatted text, longer ones as a tree of `details`, without script. Very long
 * lists end with the number of what is left out.
 */
export function jsonToContent(value: Json): Element {
  if (countLines(value, maxFlatLines) <= maxFlatLines) {
    return h('pre', { className: 'json', tabIndex: 0 }, [
      h('code', highlightCode(JSON.stringify(value, null, 2), 'json')),
    ]);
  }
  return h('div', { className: 'json-tree' }, branch(undefined, value, 0));
}

/** Lines of the formatted value; counting stops at the limit. */
function countLines(value: Json, limit: number): number {
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? 1 + Math.floor(value.length / 100) : 1;
  }
  let lines = 2;
  for (const child of Object.values(value)) {
    if (lines > limit) break;
    lines += countLines(child, limit - lines);
  }
  return lines;
}

function branch(name: string | undefined, value: Json, depth: number): ElementContent {
  const label = name === undefined ? [] : [h('span', { className: 'json-key' }, name), ': '];
  if (value === null || typeof value !== 'object') return h('div', [...label, leaf(value)]);
  const entries = Object.entries(value);
  const size = Array.isArray(value)
    ? `[${countOf(entries.length, 'item')}]`
    : `{${countOf(entries.length, 'key')}}`;
  if (depth >= maxDepth) return h('div', [...label, h('span', { className: 'json-size' }, size)]);
  return h('details', { open: depth === 0 }, [
    h('summary', [...label, h('span', { className: 'json-size' }, size)]),
    ...entries.slice(0, maxEntries).map(([key, child]) => branch(key, child, depth + 1)),
    entries.length > maxEntries
      ? h('div', { className: 'json-size' }, `… ${entries.length - maxEntries} more`)
      : undefined,
  ]);
}

function leaf(value: Exclude<Json, object>): Element {
  const kind = value === null ? 'literal' : typeof value === 'boolean' ? 'literal' : typeof value;
  return h('span', { className: `hljs-${kind}` }, JSON.stringify(value));
}
