import type { KernelDisplay } from '../../display/kernel.js';
import { currentRun } from './cell-context.js';
import type { RunnerEvent } from './protocol.js';

/** Lets `daybook/display` find this kernel. */
export function installDisplay(send: (event: RunnerEvent) => void): void {
  const cell = () => currentRun()?.cell;
  const hook: KernelDisplay = {
    display: (data, metadata = {}, displayId) => {
      const id = displayId === undefined ? {} : { displayId };
      send({ type: 'display', cell: cell(), data, metadata, ...id, isUpdate: false });
    },
    update: (data, metadata = {}, displayId) => {
      send({ type: 'display', cell: cell(), data, metadata, displayId, isUpdate: true });
    },
    clear: (wait = false) => {
      send({ type: 'clear', cell: cell(), wait });
    },
  };
  Object.defineProperty(globalThis, Symbol.for('daybook.display'), { value: hook });
}
