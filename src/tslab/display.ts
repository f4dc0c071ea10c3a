// Display of outputs in tslab.

import { createRequire } from 'node:module';

/** A MIME bundle. */
type Bundle = Readonly<Record<string, unknown>>;

/** The content of a `display_data` message of the Jupyter protocol. */
interface DisplayData {
  readonly data: Bundle;
  readonly metadata: Bundle;
  readonly transient: { readonly display_id?: string };
}

/** The part of tslab's `dist/jupyter.js` that sends the running cell's outputs. */
interface TslabJupyter {
  readonly lastWriteDisplayData: ((content: DisplayData, isUpdate: boolean) => void) | null;
}

/** The path of the running tslab, wherever it is installed. */
const jupyterModule = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;

/**
 * Display of outputs in a cell of tslab; undefined: this process is not tslab.
 * tslab's own `display.raw` sends one MIME type a message, which a page would show as separate outputs. The
 * function underneath takes a whole bundle. It is looked up among the loaded modules: tslab itself is never loaded
 * here.
 */
export function tslabDisplay() {
  const { cache } = createRequire(import.meta.url);
  const path = Object.keys(cache).find((loaded) => jupyterModule.test(loaded));
  const tslab = cache[path ?? '']?.exports as TslabJupyter | undefined;
  const send = tslab?.lastWriteDisplayData ?? undefined;
  if (send === undefined) return undefined;
  return {
    display: (data: Bundle, metadata: Bundle = {}, displayId?: string) => {
      send(
        { data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } },
        false,
      );
    },
    update: (data: Bundle, metadata: Bundle = {}, displayId: string) => {
      send({ data, metadata, transient: { display_id: displayId } }, true);
    },
    // tslab cannot clear its outputs.
    clear: () => undefined,
  };
}
