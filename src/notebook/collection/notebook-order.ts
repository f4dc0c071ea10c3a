// The order of notebooks in a run, by `metadata.daybook.after`.

import { daybookMetadata } from '../../nbformat/daybook-metadata.js';
import { labelOf, type NotebookSource } from './notebook-source.js';

/** What a notebook waits for in a run. */
export interface NotebookDependencies {
  /** Notebooks that must end before it. */
  readonly before: readonly NotebookSource[];
  /** The cycle that it belongs to, like `a after b after a`: it cannot be run, and waits for nothing. */
  readonly cycle: string | undefined;
}

/**
 * The dependencies of each notebook of a run, by `metadata.daybook.after`, a list of names like `["prepare"]`.
 * Names of notebooks outside of the run are ignored.
 */
export function notebookOrder(
  sources: readonly NotebookSource[],
): ReadonlyMap<NotebookSource, NotebookDependencies> {
  const order = new Map(
    sources.map((source) => {
      const names = namesBefore(source);
      return [source, sources.filter((other) => names.has(nameOf(other)))] as const;
    }),
  );
  return new Map(
    [...order].map(([source, before]) => {
      const cycle = cycleOf(source, order);
      return [source, cycle === undefined ? { before, cycle } : { before: [], cycle }];
    }),
  );
}

/** A notebook's name, whatever its parameters. */
function nameOf({ slug, variant }: NotebookSource): string {
  return slug.slice(0, slug.length - variant.length);
}

function namesBefore({ content }: NotebookSource): Set<unknown> {
  const names = 'spec' in content ? daybookMetadata(content.notebook.metadata).after : [];
  return new Set(Array.isArray(names) ? names : [names]);
}

/** The shortest cycle through a notebook; undefined: there is none. */
function cycleOf(
  source: NotebookSource,
  order: ReadonlyMap<NotebookSource, readonly NotebookSource[]>,
): string | undefined {
  /** Visited notebooks, each with the one that waits for it. */
  const reached = new Map<NotebookSource, NotebookSource>();
  const waiting = [source];
  for (const one of waiting) {
    for (const before of order.get(one) ?? []) {
      if (reached.has(before)) continue;
      reached.set(before, one);
      waiting.push(before);
    }
    if (reached.has(source)) break;
  }
  let step = reached.get(source);
  if (step === undefined) return undefined;
  const way = [source];
  for (; step !== undefined && step !== source; step = reached.get(step)) way.unshift(step);
  return [source, ...way].map(labelOf).join(' after ');
}
