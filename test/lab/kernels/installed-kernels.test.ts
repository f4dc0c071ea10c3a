// @module-tag heavy
import { KernelManager, ServerConnection, type KernelMessage } from '@jupyterlab/services';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { requireInstalledKernel } from '../../jupyter/installed-kernel.js';
import { startTestLab } from '../lab.js';

beforeEach(() => {
  for (const name of ['debug', 'warn'] as const) vi.spyOn(console, name).mockReturnValue();
});

// CI installs Python's; tslab comes with us; where an analyst has Deno, this says whether it works.
const installed = [
  { name: 'python3', code: 'print(6 * 7)' },
  { name: 'deno', code: 'console.log(6 * 7)' },
  { name: 'tslab', code: 'console.log(6 * 7)' },
];

test.for(installed)('the kernel $name runs code', async ({ name, code }, context) => {
  const { env } = await requireInstalledKernel(context, name);
  const lab = await startTestLab({ env });
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${new URL(lab.url()).origin}/`,
    token: lab.token,
    appendToken: true,
    WebSocket: WebSocket as never,
  });
  const kernels = new KernelManager({ serverSettings });
  onTestFinished(() => {
    kernels.dispose();
  });
  const kernel = await kernels.startNew({ name });
  const future = kernel.requestExecute({ code });
  let text = '';
  future.onIOPub = (message) => {
    if (message.header.msg_type === 'stream') {
      text += (message as KernelMessage.IStreamMsg).content.text;
    }
  };
  expect((await future.done).content.status).toBe('ok');
  expect(text).toBe('42\n');
});
