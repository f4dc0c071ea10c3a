import { join } from 'node:path';
import { test } from 'vitest';
import { startKernel, type Kernel } from '../src/jupyter/kernel.js';
import { daybookKernelspec, type Kernelspec } from '../src/jupyter/kernelspec.js';
import { tslabKernelspec } from '../src/tslab/kernelspec.js';
import { isMessage } from '../src/jupyter/message.js';
import { byTurns, spread, type Spread } from './measure.js';
import { reportTable } from './report.js';

const cwd = join(import.meta.dirname, '..', 'notebooks');
const rounds = 9;
const cells = 60;

/** Cells as an analyst's: a declaration, an expression over what came before. */
const smallCell = (index: number) => `const row${index} = { n: ${index} };\nrow${index}.n + 1`;

test('the kernel', async () => {
  const starts = { tslab: [] as number[], ours: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    starts.tslab.push(await firstResult(tslabKernelspec()));
    starts.ours.push(await firstResult(daybookKernelspec()));
  }
  const kernels = {
    tslab: await startKernel(tslabKernelspec(), { cwd, env: process.env }),
    ours: await startKernel(daybookKernelspec(), { cwd, env: process.env }),
  };
  try {
    for (const kernel of Object.values(kernels)) await execute(kernel, '0');
    let index = 0;
    const small = await byTurns(
      {
        tslab: () => execute(kernels.tslab, smallCell((index += 1))),
        ours: () => execute(kernels.ours, smallCell(index)),
      },
      cells,
    );
    const row = (name: string, of: { tslab: number[]; ours: number[] }) => {
      const [tslab, ours] = [spread(of.tslab), spread(of.ours)];
      return [name, shown(tslab), shown(ours), (ours.median / tslab.median).toFixed(2)];
    };
    await reportTable('kernel', {
      title: 'The kernel: start and small cells',
      method: `Our kernel against plain tslab 1.0.22, by turns: ${rounds} starts (from spawning the process to the end of its first cell, by our own client), and ${cells} cells of two lines after a first one. Median and range; the ratio is ours to tslab's.`,
      columns: ['', 'tslab', 'ours', 'ratio'],
      rows: [row('start to first result', starts), row('small cell', small)],
    });
  } finally {
    await Promise.all(Object.values(kernels).map((kernel) => kernel.shutdown()));
  }
}, 600_000);

/** Milliseconds; the kernel's end is no part of them, and not of the next start either. */
async function firstResult(spec: Kernelspec): Promise<number> {
  const begin = performance.now();
  const kernel = await startKernel(spec, { cwd, env: process.env });
  try {
    await execute(kernel, '1 + 1');
    return performance.now() - begin;
  } finally {
    await kernel.shutdown();
  }
}

/** Runs a cell to its reply and idle. */
async function execute(kernel: Kernel, code: string): Promise<void> {
  const request = kernel.channels.request('execute_request', {
    code,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  });
  const missing = new Set(['reply', 'idle']);
  const done = new Promise<void>((resolve, reject) => {
    const stop = kernel.listen((_channel, message) => {
      if (message.parentHeader.msg_id !== request.header.msg_id) return;
      if (isMessage(message, 'execute_reply')) {
        if (message.content.status !== 'ok') reject(new Error(JSON.stringify(message.content)));
        missing.delete('reply');
      }
      if (isMessage(message, 'status') && message.content.execution_state === 'idle') {
        missing.delete('idle');
      }
      if (missing.size > 0) return;
      stop();
      resolve();
    });
  });
  await kernel.channels.send('shell', request);
  await done;
}

function shown({ min, median, max }: Spread): string {
  const digits = median < 100 ? 1 : 0;
  return `${median.toFixed(digits)} ms (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
