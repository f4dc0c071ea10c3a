// This folder is about notebooks as documents, without running them: what their metadata asks for (this file), their
// traces of earlier runs, failures and type problems, and how two of them differ.

import { cellTags, hasTag, isTag, tagValue } from '../../nbformat/cell-tags.js';
import { daybookMetadata } from '../../nbformat/daybook-metadata.js';
import { joinText, type Cell, type CodeCell, type Notebook } from '../../nbformat/notebook.js';

/** Whether there is anything to run: code, not empty, and not tagged `skip-execution`. */
export function isRunnable(cell: Cell): cell is CodeCell {
  return (
    cell.cell_type === 'code' &&
    joinText(cell.source).trim() !== '' &&
    !hasTag(cell, 'skip-execution')
  );
}

/** Whether the run goes on when this cell fails: tagged `raises-exception`, as nbclient has it. */
export function mayFail(cell: Cell): boolean {
  return hasTag(cell, 'raises-exception');
}

/** Milliseconds that this cell may take, as its `metadata.daybook.timeout` says in seconds. */
export function cellLimit(cell: Cell): number | undefined {
  const seconds = daybookMetadata(cell.metadata).timeout;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

/**
 * How often a notebook is run again when this cell fails: once where it is tagged `retry`, three
 * times where it is tagged `retry-3`.
 */
export function retriesOf(cell: Cell): number {
  const counts = cellTags(cell).map((tag) =>
    isTag(tag, 'retry') ? 1 : Number(tagValue(tag, 'retry-N') ?? 0),
  );
  return Math.max(0, ...counts);
}

/** The kernel of notebooks that name none: our own. */
const defaultKernel = 'daybook';

/** The name of the kernel that a notebook runs on. */
export function kernelName(notebook: Notebook): string {
  const { kernelspec } = notebook.metadata as { kernelspec?: { name: string } };
  return kernelspec?.name ?? defaultKernel;
}
