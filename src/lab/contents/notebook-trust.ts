import { createHash } from 'node:crypto';
import type { Cell, Notebook } from '../../nbformat/notebook.js';

/**
 * Trust as Jupyter knows it: outputs that this workspace's own kernels made may show active HTML, those
 * of a notebook from elsewhere are sanitized by the front end. The front end says so for each cell in
 * `metadata.trusted`, which is never in a file: a notebook cannot vouch for itself.
 */

/** The notebook without `metadata.trusted`, and whether every output in it was trusted. */
export function withoutTrust(notebook: Notebook): { notebook: Notebook; trusted: boolean } {
  let trusted = true;
  const cells = notebook.cells.map((cell): Cell => {
    const { trusted: mark, ...metadata } = cell.metadata;
    if (cell.cell_type === 'code' && cell.outputs.length > 0 && mark !== true) trusted = false;
    return { ...cell, metadata };
  });
  return { notebook: { ...notebook, cells }, trusted };
}

/** The notebook with `metadata.trusted` on each code cell, as the front end wants it. */
export function withTrust(notebook: Notebook, trusted: boolean): Notebook {
  const cells = notebook.cells.map((cell): Cell =>
    cell.cell_type === 'code' ? { ...cell, metadata: { ...cell.metadata, trusted } } : cell,
  );
  return { ...notebook, cells };
}

/** What a trusted notebook is recognized by: the digest of its file. */
export function notebookDigest(file: string | Buffer): string {
  return createHash('sha256').update(file).digest('hex');
}
