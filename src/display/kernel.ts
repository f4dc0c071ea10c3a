// The connection of `daybook/display` to the running kernel.

import { tslabDisplay } from '../tslab/display.js';
import type { MimeBundle } from './mime-bundle.js';

/** Sends outputs to the running cell. */
export interface KernelDisplay {
  /** Shows representations of one thing; with an id it can be changed later. */
  display(data: MimeBundle, metadata?: Record<string, unknown>, displayId?: string): void;
  /** Changes everything that was displayed under this id. */
  update(data: MimeBundle, metadata: Record<string, unknown> | undefined, displayId: string): void;
  /** Removes the outputs of the cell; with `wait`, when the next output comes. */
  clear(wait?: boolean): void;
}

/**
 * The kernel that this code runs in: Daybook's own, which leaves its functions under a symbol, or tslab.
 *
 * @throws Error outside a notebook's kernel, where nothing could be shown.
 */
export function kernelDisplay(): KernelDisplay {
  const own = (globalThis as Record<symbol, KernelDisplay | undefined>)[
    Symbol.for('daybook.display')
  ];
  const found = own ?? tslabDisplay();
  if (found === undefined) {
    throw new Error('Nothing can be displayed here: this is not a cell of a notebook.');
  }
  return found;
}
