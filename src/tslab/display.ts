import { createRequire } from 'node:module';

/** Representations of one thing, by MIME type. */
type Bundle = Readonly<Record<string, unknown>>;

/** The content of a `display_data` message of the Jupyter protocol. */
interface DisplayData {
  readonly data: Bundle;
  readonly metadata: Bundle;
  readonly transient: { readonly display_id?: string };
}

/** What tslab's `dist/jupyter.js` offers: how the running cell sends its outputs. */
interface TslabJupyter {
  readonly lastWriteDisplayData: ((content: DisplayData, isUpdate: boolean) => void) | null;
}

/** Wherever the tslab is installed that runs the cell. */
const jupyterModule = /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/;

/**
 * How a cell that tslab runs shows something; undefined: this process is not tslab.
 *
 * tslab's own `display.raw` sends one MIME type a message, which a page would show as one output each. The
 * function underneath takes a whole bundle. It is looked up among the modules that are loaded already: tslab
 * itself is never loaded here.
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
