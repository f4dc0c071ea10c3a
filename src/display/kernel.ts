import { createRequire } from 'node:module';
import type { MimeBundle } from './mime-bundle.js';

/** The content of a `display_data` message of the Jupyter protocol. */
interface DisplayData {
  data: MimeBundle;
  metadata: Record<string, never>;
  transient: Record<string, never>;
}

/** What tslab's `dist/jupyter.js` offers: how the running cell sends its outputs. */
interface TslabJupyter {
  lastWriteDisplayData: ((content: DisplayData, isUpdate: boolean) => void) | null;
}

/**
 * Shows a bundle as one output of the running cell.
 *
 * tslab's own `display.raw` sends one MIME type a message, which a page would show as one output
 * each. The function underneath takes a whole bundle; it is looked up in the kernel's process, where
 * tslab is loaded already, and never loads tslab itself.
 *
 * @throws Error outside a notebook's kernel, where nothing could be shown.
 */
export function sendToKernel(data: MimeBundle): void {
  const require = createRequire(import.meta.url);
  const tslab = require.cache[require.resolve('tslab/dist/jupyter.js')]?.exports as
    TslabJupyter | undefined;
  const send = tslab?.lastWriteDisplayData;
  if (send === undefined || send === null) {
    throw new Error(
      'Nothing can be displayed here: this is not a cell of a notebook (kernel tslab).',
    );
  }
  send({ data, metadata: {}, transient: {} }, false);
}
