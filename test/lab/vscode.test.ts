import {
  ContentsManager,
  KernelAPI,
  KernelManager,
  KernelSpecManager,
  ServerConnection,
  SessionManager,
  type Kernel,
  type KernelMessage,
  type Session,
} from '@jupyterlab/services';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startTestLab, type TestLab } from './lab.js';

/**
 * What the Jupyter extension of VS Code asks of an "existing Jupyter server", in its order
 * (microsoft/vscode-jupyter: jupyterPasswordConnect.ts, jupyterLabHelper.ts,
 * jupyterKernelSessionFactory.ts, jupyterRequestCreator.node.ts).
 */

beforeEach(() => {
  for (const name of ['debug', 'warn'] as const) vi.spyOn(console, name).mockReturnValue();
});

/** The extension's websockets: those of Node.js, so without an Origin, and kept awake by pings. */
class ExtensionSocket extends WebSocket {
  static readonly addresses: string[] = [];
  pongs = 0;
  constructor(url: string, protocols?: string[]) {
    super(url, protocols ?? []);
    ExtensionSocket.addresses.push(url);
    this.on('pong', () => (this.pongs += 1));
  }
}

/** One window of VS Code. */
function openWindow(lab: TestLab) {
  const { origin } = new URL(lab.url());
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${origin}/`,
    wsUrl: `${origin.replace('http', 'ws')}/`,
    token: lab.token,
    appUrl: '',
    appendToken: true,
    init: {
      cache: 'no-store',
      credentials: 'same-origin',
      // Left over from its handling of passwords; a server with tokens has no use for it.
      headers: { 'X-XSRFToken': 'undefined', 'Content-Type': 'application/json' },
    },
    WebSocket: ExtensionSocket as never,
  });
  const kernels = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ kernelManager: kernels, serverSettings });
  const specs = new KernelSpecManager({ serverSettings });
  const contents = new ContentsManager({ serverSettings });
  const close = () => {
    for (const part of [contents, specs, sessions, kernels]) part.dispose();
  };
  onTestFinished(close);
  return { serverSettings, sessions, specs, contents, close };
}

/** Runs a cell as the extension does; its outputs in the order that they come. */
async function runCell(kernel: Kernel.IKernelConnection, code: string) {
  const future = kernel.requestExecute(
    { code, silent: false, stop_on_error: false, allow_stdin: true, store_history: true },
    true,
    { cellId: 'vscode-notebook-cell:/home/analyst/churn.ipynb#W0' },
  );
  const outputs: [string, unknown][] = [];
  future.onIOPub = ({ header, content }: KernelMessage.IIOPubMessage) => {
    if (header.msg_type !== 'status') outputs.push([header.msg_type, content]);
  };
  const { content } = await future.done;
  return { outputs, reply: content };
}

test('VS Code takes the address that daybook lab prints for a server with a token', async () => {
  const lab = await startTestLab();
  // Whether it is a JupyterHub, and whether it wants a password: only a login page would be 200.
  const hub = await lab.raw({ path: '/hub/api', headers: { connection: 'keep-alive' } });
  expect(hub.status).toBe(403);
  const tree = await lab.raw({ path: '/tree?', headers: { connection: 'keep-alive' } });
  expect(tree.status).toBe(403);

  const { serverSettings, sessions, specs } = openWindow(lab);
  expect(await KernelAPI.listRunning(serverSettings)).toEqual([]);
  await sessions.ready;
  await specs.refreshSpecs();
  expect(specs.specs?.kernelspecs['daybook']).toMatchObject({
    name: 'daybook',
    display_name: 'TypeScript (Daybook)',
    language: 'typescript',
  });
});

test('a notebook of VS Code runs, is interrupted, restarted, left and found again', async () => {
  const lab = await startTestLab();
  const window = openWindow(lab);
  await window.sessions.ready;
  // The file is on the analyst's side: the server never sees it, and the path is made up.
  const options: Session.ISessionOptions = {
    path: 'churn-jvsc-5e1a6c04-2f7e-4f5e-a1c3-9d6b1f0e7a2b.ipynb',
    name: 'churn-5e1a6c04.ipynb',
    type: 'notebook',
    kernel: { name: 'daybook' },
  };
  const session = await window.sessions.startNew(options, {
    kernelConnectionOptions: { handleComms: true },
  });
  const kernel = session.kernel!;
  await kernel.info;
  const where = await runCell(kernel, 'process.cwd()');
  expect(where.outputs.at(-1)).toMatchObject([
    'execute_result',
    { data: { 'text/plain': lab.workspace } },
  ]);
  expect(ExtensionSocket.addresses.at(-1)).toMatch(/\/channels\?session_id=.*&token=/);
  const comms = await kernel.requestCommInfo({});
  expect(comms.content).toEqual({ status: 'ok', comms: {} });

  const rows = await runCell(kernel, "const rows = [{ month: '2019-05', lost: 3 }]; rows");
  expect(rows.reply).toMatchObject({ status: 'ok', execution_count: 2 });
  expect(rows.outputs.map(([type]) => type)).toEqual(['execute_input', 'execute_result']);
  expect(rows.outputs[1]?.[1]).toMatchObject({
    data: { 'text/html': expect.stringContaining('<table') as string },
  });
  const wrong = await runCell(kernel, 'rows[0].lots');
  expect(wrong.outputs.at(-1)).toMatchObject([
    'error',
    { evalue: expect.stringContaining('lots') as string },
  ]);
  const completion = await kernel.requestComplete({ code: 'rows[0].lo', cursor_pos: 10 });
  expect(completion.content).toMatchObject({ status: 'ok', matches: ['lost'] });

  const begun = new Promise<void>((resolve) => {
    kernel.iopubMessage.connect((_, { header }) => {
      if (header.msg_type === 'stream') resolve();
    });
  });
  const loop = runCell(kernel, 'console.log(0); for (;;);');
  await begun;
  await kernel.interrupt();
  expect((await loop).reply.status).toBe('error');
  expect((await runCell(kernel, 'rows.length')).reply.status).toBe('ok');
  await kernel.restart();
  expect((await runCell(kernel, 'rows.length')).reply.status).toBe('error');

  // The window closes; a kernel that VS Code found running stays so, and another window finds it.
  window.close();
  const again = openWindow(lab);
  await again.sessions.ready;
  await again.sessions.refreshRunning();
  const [model] = [...again.sessions.running()];
  expect(model).toMatchObject({ path: options.path, name: options.name, type: 'notebook' });
  const found = again.sessions.connectTo({ model: model! });
  await found.kernel!.info;
  await runCell(found.kernel!, 'const kept = 1');
  expect((await runCell(found.kernel!, 'kept')).outputs.at(-1)?.[0]).toBe('execute_result');
  await found.shutdown();
  expect(await KernelAPI.listRunning(again.serverSettings)).toEqual([]);
});

test('where a session needs a file, VS Code makes, names and removes one', async () => {
  const lab = await startTestLab();
  const { contents } = openWindow(lab);
  const made = await contents.newUntitled({ type: 'notebook' });
  const renamed = await contents.rename(made.path, 'churn-jvsc-1.ipynb');
  expect(renamed.path).toBe('churn-jvsc-1.ipynb');
  await contents.delete(renamed.path);
  expect((await lab.api('GET', '/api/contents/')).json).toMatchObject({ content: [] });
});

test('pings keep its connection awake', async () => {
  const lab = await startTestLab();
  const { origin } = new URL(lab.url());
  const { json } = await lab.api('POST', '/api/kernels', { name: 'daybook' });
  const { id } = json as { id: string };
  const address = `${origin.replace('http', 'ws')}/api/kernels/${id}/channels`;
  const socket = new ExtensionSocket(`${address}?session_id=a&token=${lab.token}`);
  onTestFinished(() => {
    socket.terminate();
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.ping();
  await expect.poll(() => socket.pongs).toBe(1);
});
