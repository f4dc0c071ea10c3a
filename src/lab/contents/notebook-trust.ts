// Trust in the outputs of notebooks.

import { createHash } from 'node:crypto';
import type { Cell, Notebook } from '../../nbformat/notebook.js';

/**
 * Trust as in Jupyter: outputs of this workspace's own kernels may show active HTML, those of other notebooks are
 * sanitized by the front end. The front end marks each cell by `metadata.trusted`, which is never saved: a
 * notebook cannot vouch for itself.
 */

/** The notebook without `metadata.trusted`, and whether all its outputs were trusted. */
export function withoutTrust(notebook: Notebook): { notebook: Notebook; trusted: boolean } {
  let trusted = true;
  const cells = notebook.cells.map((cell): Cell => {
    const { trusted: mark, ...metadata } = cell.metadata;
    if (cell.cell_type === 'code' && cell.outputs.length > 0 && mark !== true) trusted = false;
    return { ...cell, metadata };
  });
  return { notebook: { ...notebook, cells }, trusted };
}

/** The notebook with `metadata.trusted` on each code cell, for the front end. */
export function withTrust(notebook: Notebook, trusted: boolean): Notebook {
  const cells = notebook.cells.map((cell): Cell =>
    cell.cell_type === 'code' ? { ...cell, metadata: { ...cell.metadata, trusted } } : cell,
  );
  return { ...notebook, cells };
}

/** The digest by which a trusted notebook is recognized. */
export function notebookDigest(file: string | Buffer): string {
  return createHash('sha256').update(file).digest('hex');
}
