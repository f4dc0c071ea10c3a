import { createRequire } from 'node:module';
import type { MimeBundle } from './mime-bundle.js';

/** How a kernel puts outputs under the running cell. */
export interface KernelDisplay {
  /** Shows representations of one thing; with an id it can be changed later. */
  display(data: MimeBundle, metadata?: Record<string, unknown>, displayId?: string): void;
  /** Changes everything that was displayed under this id. */
  update(data: MimeBundle, metadata: Record<string, unknown> | undefined, displayId: string): void;
  /** Removes the outputs of the cell; with `wait`, when the next output comes. */
  clear(wait?: boolean): void;
}

/**
 * The kernel that this code runs in. Daybook's own leaves its functions under a symbol.
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

/** The content of a `display_data` message of the Jupyter protocol. */
interface DisplayData {
  data: MimeBundle;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

/** What tslab's `dist/jupyter.js` offers: how the running cell sends its outputs. */
interface TslabJupyter {
  lastWriteDisplayData: ((content: DisplayData, isUpdate: boolean) => void) | null;
}

/**
 * tslab's own `display.raw` sends one MIME type a message, which a page would show as one output
 * each. The function underneath takes a whole bundle; it is looked up in the kernel's process, where
 * tslab is loaded already, and never loads tslab itself.
 */
function tslabDisplay(): KernelDisplay | undefined {
  const require = createRequire(import.meta.url);
  const tslab = require.cache[require.resolve('tslab/dist/jupyter.js')]?.exports as
    TslabJupyter | undefined;
  const send = tslab?.lastWriteDisplayData ?? undefined;
  if (send === undefined) return undefined;
  return {
    display: (data, metadata = {}, displayId) => {
      const transient = displayId === undefined ? {} : { display_id: displayId };
      send({ data, metadata, transient }, false);
    },
    update: (data, metadata = {}, displayId) => {
      send({ data, metadata, transient: { display_id: displayId } }, true);
    },
    // tslab has no way to say so.
    clear: () => undefined,
  };
}
