import { DaybookError } from '../errors.js';
import { daybookMetadata } from '../nbformat/notebook.js';
import { labelOf, type NotebookSource } from './notebook-source.js';

/**
 * Which notebooks of a run must have ended before each: those that its `metadata.daybook.after` lists
 * by their names, like `["prepare"]`. Names of notebooks that are not in the run say nothing.
 *
 * @throws DaybookError `USAGE` when notebooks wait for each other in a circle.
 */
export function notebookOrder(
  sources: readonly NotebookSource[],
): ReadonlyMap<NotebookSource, readonly NotebookSource[]> {
  const order = new Map(
    sources.map((source) => {
      const names = namesBefore(source);
      return [source, sources.filter((other) => names.has(nameOf(other)))] as const;
    }),
  );
  const passed = new Set<NotebookSource>();
  for (const source of sources) refuseCircle(source, [], order, passed);
  return order;
}

/** A notebook's name, whatever its parameters. */
function nameOf({ slug, variant }: NotebookSource): string {
  return slug.slice(0, slug.length - variant.length);
}

function namesBefore({ content }: NotebookSource): Set<unknown> {
  const names = 'spec' in content ? daybookMetadata(content.notebook.metadata)['after'] : [];
  return new Set(Array.isArray(names) ? names : [names]);
}

function refuseCircle(
  source: NotebookSource,
  path: readonly NotebookSource[],
  order: ReadonlyMap<NotebookSource, readonly NotebookSource[]>,
  passed: Set<NotebookSource>,
): void {
  // Each is followed once, however many come after it.
  if (passed.has(source)) return;
  if (path.includes(source)) {
    const circle = [...path.slice(path.indexOf(source)), source].map(labelOf).join(' after ');
    throw new DaybookError('USAGE', `Notebooks wait for each other: ${circle}`, {
      hint: 'Take one of the names out of metadata.daybook.after',
    });
  }
  for (const before of order.get(source) ?? [])
    refuseCircle(before, [...path, source], order, passed);
  passed.add(source);
}
