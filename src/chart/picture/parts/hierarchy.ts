// The tree of a treemap, sunburst or icicle, from each part's parent.

import { createRequire } from 'node:module';
import type * as Hierarchies from 'd3-hierarchy';
import { isJsonObject } from '../../../nbformat/notebook.js';
import { numberOf, readValues } from '../../figure/values.js';
import type { Trace } from '../drawing/scene.js';
import { safeColor } from '../drawing/paint.js';

const require = createRequire(import.meta.url);

/** d3's layouts of trees, read when the first is drawn. */
export function hierarchies(): typeof Hierarchies {
  return require('d3-hierarchy') as typeof Hierarchies;
}

/** A part with those in it. */
export interface Part {
  readonly label: string;
  /** Its own share, without that of its children. */
  readonly value: number;
  readonly color: string | undefined;
  readonly children: Part[];
}

/** The most parts, and the most levels: deeper ones are as thin as a line. */
const [mostParts, mostLevels] = [2000, 12];

/**
 * Reads a tree.
 *
 * @returns Undefined for trees with cycles, unknown parents, negative values or too many parts.
 */
export function readTree(trace: Trace): Part | undefined {
  const labels = readValues(trace['labels']) ?? readValues(trace['ids']) ?? [];
  const ids = readValues(trace['ids']) ?? labels;
  const parents = readValues(trace['parents']) ?? [];
  const values = readValues(trace['values']);
  if (labels.length === 0 || labels.length > mostParts) return undefined;
  const marker = isJsonObject(trace['marker']) ? trace['marker'] : {};
  const colors = Array.isArray(marker['colors']) ? marker['colors'] : [];
  const parts = labels.map((label, index): Part => ({
    label: String(label ?? ''),
    value: values === undefined ? 1 : (numberOf(values[index] ?? 0) ?? 0),
    color: safeColor(colors[index]),
    children: [],
  }));
  const byId = new Map(ids.map((id, index) => [String(id ?? ''), parts[index]]));
  if (byId.size < parts.length) return undefined;
  const roots: Part[] = [];
  for (const [index, part] of parts.entries()) {
    const name = String(parents[index] ?? '');
    const parent = name === '' ? undefined : byId.get(name);
    if (name !== '' && parent === undefined) return undefined;
    (parent?.children ?? roots).push(part);
  }
  const root =
    roots.length === 1 ? roots[0] : { label: '', value: 0, color: undefined, children: roots };
  if (root === undefined) return undefined;
  const reached = measure(root, 0);
  const count = parts.length + (roots.length === 1 ? 0 : 1);
  const isTotal = trace['branchvalues'] === 'total';
  const isTree =
    reached === count && parts.every(({ value }) => value >= 0 && Number.isFinite(value));
  return isTree ? withOwnValues(root, isTotal, values !== undefined) : undefined;
}

/** The number of parts that are reached from one; those of a cycle are not. */
function measure(part: Part, level: number): number {
  if (level > mostLevels) return Number.NaN;
  return part.children.reduce((sum, child) => sum + measure(child, level + 1), 1);
}

/** Values of parents hold those of their children where they are totals; counted parts are leaves. */
function withOwnValues(part: Part, isTotal: boolean, isGiven: boolean): Part {
  const children = part.children.map((child) => withOwnValues(child, isTotal, isGiven));
  const inside = part.children.reduce((sum, child) => sum + child.value, 0);
  const own = isTotal ? Math.max(0, part.value - inside) : part.value;
  return { ...part, value: children.length > 0 && !isGiven ? 0 : own, children };
}
