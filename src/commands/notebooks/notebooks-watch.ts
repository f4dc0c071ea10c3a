// `daybook notebooks watch` and `notebooks cancel`: a run of notebooks that was handed over to the workers.

import { setTimeout as sleep } from 'node:timers/promises';
import { DaybookError } from '../../errors.js';
import { headline, type NotebookFailure } from '../../notebook/document/failure.js';
import {
  cancelCollection,
  readSharedCollection,
  readSharedNotebooks,
  unknownCollection,
  type SharedNotebook,
} from '../../publication/shared-collections.js';
import { countOf } from '../../text/amounts.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { Command } from '../command.js';
import { cancelledLine } from '../terminal/cancelled-line.js';
import { flag } from '../options.js';

/** How often the run is looked at, in milliseconds. */
const lookMs = 300;

/** `daybook notebooks watch`. */
export const notebooksWatch: Command = {
  usage: 'RUN [--json]',
  description: `Follows a run of notebooks that was handed over to the workers, says what it has executed, and ends as
the run ends, with its exit code. Ctrl-C ends the watching, not the run.`,
  failsWhen: 'a notebook failed, or the run was stopped',
  options: { json: { type: 'boolean', help: 'Print the notebooks of the run as JSON at its end' } },
  positionals: { min: 1, max: 1 },
  async run({ values, positionals, config, terminal, logger, signal }) {
    const id = numberOf(positionals[0]);
    const warehouse = await openWarehouse(config, { logger });
    try {
      const told = new Set<string>();
      let before = '';
      for (;;) {
        const run = await readSharedCollection(warehouse.owner, id);
        if (run === undefined) throw unknownCollection(id);
        const notebooks = await readSharedNotebooks(warehouse.owner, id);
        for (const one of notebooks) {
          if (one.status === 'waiting' || told.has(one.notebook)) continue;
          told.add(one.notebook);
          terminal.err(`${lineOf(one)}\n`);
        }
        if (run.status !== 'queued' && run.status !== 'running') {
          if (flag(values, 'json')) {
            terminal.out(`${JSON.stringify({ run: id, status: run.status, notebooks })}\n`);
          }
          terminal.err(`run ${id} ${run.status}: ${countOf(notebooks.length, 'notebook')}\n`);
          return run.status === 'passed' ? 0 : 1;
        }
        const now = `run ${id} ${run.status === 'queued' ? 'waits for a worker' : 'is at work'}`;
        if (now !== before) terminal.err(`${now}\n`);
        before = now;
        await sleep(lookMs, undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      }
    } finally {
      await warehouse.close();
    }
  },
};

/** `daybook notebooks cancel`. */
export const notebooksCancel: Command = {
  usage: 'RUN',
  description: `Ends a run of notebooks that was handed over to the workers, within seconds: kernels that are at work are
ended, what was published stays.`,
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ positionals, config, terminal, logger }) {
    const id = numberOf(positionals[0]);
    const warehouse = await openWarehouse(config, { logger });
    try {
      const was = await cancelCollection(warehouse.owner, id);
      terminal.err(cancelledLine(id, was, 'notebooks watch'));
      return 0;
    } finally {
      await warehouse.close();
    }
  },
};

/** @throws DaybookError `USAGE`. */
function numberOf(text = ''): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new DaybookError('USAGE', `"${text}" is no number of a run`);
}

function lineOf({ notebook, status, error }: SharedNotebook): string {
  if (status !== 'failed' || error === null) return `  ${status.padEnd(9)}  ${notebook}`;
  return `  failed     ${notebook}: ${headline(error as unknown as NotebookFailure)}`;
}
