// @module-tag heavy
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ContentsManager,
  KernelManager,
  KernelSpecManager,
  ServerConnection,
  SessionManager,
  type Kernel,
  type KernelMessage,
} from '@jupyterlab/services';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { KernelModel } from '../../src/lab/kernels/hosted-kernel.js';
import type { LabServerOptions } from '../../src/lab/lab-server.js';
import { createLogger } from '../../src/logger.js';
import { startTestLab, type TestLab } from './lab.js';
import { until } from '../until.js';

/** The sockets that clients have opened, and the means to cut them. */
class CountedSocket extends WebSocket {
  static readonly open = new Set<CountedSocket>();
  /** While it is set, no new socket reaches the server. */
  static isCut = false;
  constructor(url: string, protocols?: string[]) {
    super(CountedSocket.isCut ? 'ws://127.0.0.1:1' : url, protocols ?? []);
    CountedSocket.open.add(this);
    this.on('close', () => CountedSocket.open.delete(this));
  }
}

/** A socket of a client that knows only the default form of messages. */
class PlainSocket extends CountedSocket {
  constructor(url: string, _protocols?: string[]) {
    super(url, []);
  }
}

beforeEach(() => {
  CountedSocket.isCut = false;
  // The client library tells the console of each connection.
  for (const name of ['debug', 'warn'] as const) vi.spyOn(console, name).mockReturnValue();
});

const forms = [
  { form: 'v1', Socket: CountedSocket },
  { form: 'default', Socket: PlainSocket },
];

/** JupyterLab's own client library, connected to a server. */
function connectClient(lab: TestLab, Socket: typeof CountedSocket = CountedSocket) {
  const { origin } = new URL(lab.url());
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${origin}/`,
    token: lab.token,
    appUrl: '/lab',
    appendToken: true,
    WebSocket: Socket as never,
  });
  const kernels = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ kernelManager: kernels, serverSettings });
  const contents = new ContentsManager({ serverSettings });
  const specs = new KernelSpecManager({ serverSettings });
  onTestFinished(() => {
    for (const part of [contents, sessions, kernels, specs]) part.dispose();
  });
  return { kernels, sessions, contents, specs };
}

/** A server that has the scripted kernel beside ours. */
async function startScriptedLab(options: Partial<LabServerOptions> = {}): Promise<TestLab> {
  const lab = await startTestLab(options);
  const spec = join(lab.folder, 'jupyter', 'kernels', 'scripted');
  await mkdir(spec, { recursive: true });
  const script = join(import.meta.dirname, 'scripted-kernel.js');
  const argv = [process.execPath, script, '{connection_file}'];
  const kernel = { argv, display_name: 'Scripted', language: 'script', env: { SECRET: 's' } };
  await writeFile(join(spec, 'kernel.json'), JSON.stringify(kernel));
  await writeFile(join(spec, 'logo-svg.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return lab;
}

/** Runs code to its end; what it printed and its result, and the reply. */
async function run(kernel: Kernel.IKernelConnection, code: string) {
  const future = kernel.requestExecute({ code });
  let text = '';
  future.onIOPub = (message) => {
    if (message.header.msg_type === 'stream') {
      text += (message as KernelMessage.IStreamMsg).content.text;
    } else if (message.header.msg_type === 'execute_result') {
      const { data } = (message as KernelMessage.IExecuteResultMsg).content;
      text += `${data['text/plain'] as string}\n`;
    }
  };
  const reply = await future.done;
  return { text, status: reply.content.status };
}

describe.each(forms)('in the $form form', ({ form, Socket }) => {
  test('a notebook is opened, run, completed, inspected, interrupted, restarted', async () => {
    const lab = await startTestLab();
    const { sessions } = connectClient(lab, Socket);
    const session = await sessions.startNew({
      path: 'notebooks/churn.ipynb',
      name: 'churn.ipynb',
      type: 'notebook',
      kernel: { name: 'daybook' },
    });
    const kernel = session.kernel!;
    const info = await kernel.info;
    expect(info.language_info.name).toBe('typescript');
    expect([...CountedSocket.open].map((socket) => socket.protocol)).toEqual([
      form === 'v1' ? 'v1.kernel.websocket.jupyter.org' : '',
    ]);

    expect(await run(kernel, 'const answer: number = 6 * 7; answer')).toEqual({
      text: '42\n',
      status: 'ok',
    });
    const { content: completion } = await kernel.requestComplete({
      code: 'answer.toFix',
      cursor_pos: 12,
    });
    expect(completion).toMatchObject({ status: 'ok', matches: ['toFixed'] });
    const { content: inspection } = await kernel.requestInspect({
      code: 'answer',
      cursor_pos: 3,
      detail_level: 0,
    });
    expect(JSON.stringify(inspection)).toContain('const answer: number');

    for (const wait of ['await new Promise(() => {})', 'for (;;);']) {
      const endless = kernel.requestExecute({ code: `console.log(0); ${wait}` });
      await new Promise<void>((resolve) => {
        endless.onIOPub = ({ header }) => {
          if (header.msg_type === 'stream') resolve();
        };
      });
      await kernel.interrupt();
      const { content } = await endless.done;
      expect(content).toMatchObject({ status: 'error', ename: 'Interrupted' });
    }
    // What the interrupted cells left untouched is still there.
    expect((await run(kernel, 'answer')).text).toBe('42\n');

    await kernel.restart();
    expect((await run(kernel, '1 + 1')).text).toBe('2\n');
    expect((await run(kernel, 'answer')).status).toBe('error');
    await session.shutdown();
    expect((await lab.api('GET', '/api/kernels')).json).toEqual([]);
    expect((await lab.api('GET', '/api/sessions')).json).toEqual([]);
  });

  test('what a kernel says while the connection is down comes when it is up again', async () => {
    const lab = await startTestLab();
    const { kernels } = connectClient(lab, Socket);
    const kernel = await kernels.startNew({ name: 'daybook' });
    await kernel.info;
    const slow = `for (let i = 0; i < 5; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      console.log(i);
    }`;
    const running = run(kernel, slow);
    await until(() => kernel.status === 'busy');
    CountedSocket.isCut = true;
    for (const socket of CountedSocket.open) socket.terminate();
    const model = async () => ((await lab.api('GET', '/api/kernels')).json as KernelModel[])[0];
    await until(async () => (await model())?.execution_state === 'idle');
    expect((await model())?.connections).toBe(0);
    CountedSocket.isCut = false;
    expect(await running).toEqual({ text: '0\n1\n2\n3\n4\n', status: 'ok' });
    expect((await model())?.connections).toBe(1);
  });

  test('two clients share a kernel: outputs go to both, a reply to the one that asked', async () => {
    const lab = await startTestLab();
    const one = connectClient(lab, Socket);
    const other = connectClient(lab, CountedSocket);
    const open = (client: typeof one) =>
      client.sessions.startNew({
        path: 'shared.ipynb',
        name: 'shared.ipynb',
        type: 'notebook',
        kernel: { name: 'daybook' },
      });
    const [first, second] = await Promise.all([open(one), open(other)]);
    expect(first.kernel!.id).toBe(second.kernel!.id);
    await Promise.all([first.kernel!.info, second.kernel!.info]);
    const heard: string[] = [];
    second.kernel!.iopubMessage.connect((_, message) => {
      if (message.header.msg_type === 'execute_result') {
        const { data } = (message as KernelMessage.IExecuteResultMsg).content;
        heard.push(data['text/plain'] as string);
      }
    });
    const replies: string[] = [];
    second.kernel!.anyMessage.connect((_, { msg, direction }) => {
      if (direction === 'recv' && msg.channel === 'shell') replies.push(msg.header.msg_type);
    });
    expect((await run(first.kernel!, 'const shared = 7; shared')).text).toBe('7\n');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['7']);
    expect(replies).toEqual([]);
    expect((await run(second.kernel!, 'shared + 1')).text).toBe('8\n');
    expect(replies).toEqual(['execute_reply']);
  });
});

test('a notebook is saved, renamed with its session, and its kernel changed', async () => {
  const lab = await startScriptedLab();
  const { sessions, contents, specs } = connectClient(lab);
  await specs.ready;
  expect(specs.specs?.default).toBe('daybook');
  expect(specs.specs?.kernelspecs['scripted']).toMatchObject({
    display_name: 'Scripted',
    resources: { 'logo-svg': '/kernelspecs/scripted/logo-svg.svg' },
  });
  expect(JSON.stringify(specs.specs)).not.toContain('SECRET');

  const folder = await contents.newUntitled({ type: 'directory' });
  const created = await contents.newUntitled({ type: 'notebook', path: folder.path });
  const session = await sessions.startNew({
    path: created.path,
    name: created.name,
    type: 'notebook',
    kernel: { name: 'scripted' },
  });
  const running = await run(session.kernel!, 'folder');
  expect(running.text).toBe(join(lab.workspace, folder.path));

  const opened = await contents.get(created.path);
  const cell = { id: 'c', cell_type: 'markdown', metadata: {}, source: 'Saved' };
  await contents.save(created.path, {
    ...opened,
    content: { ...(opened.content as object), cells: [cell] },
  });
  const renamed = await contents.rename(created.path, `${folder.path}/churn.ipynb`);
  await session.setPath(renamed.path);
  expect((await lab.api('GET', '/api/sessions')).json).toMatchObject([
    { path: 'Untitled Folder/churn.ipynb', kernel: { name: 'scripted' } },
  ]);
  expect(await readFile(join(lab.workspace, renamed.path), 'utf8')).toContain('Saved');

  const before = session.kernel!.id;
  const after = await session.changeKernel({ name: 'tslab' });
  expect(after!.id).not.toBe(before);
  const { json } = await lab.api('GET', '/api/kernels');
  expect((json as KernelModel[]).map(({ name }) => name)).toEqual(['tslab']);
});

test('input is asked of the client whose code wants it', async () => {
  const lab = await startScriptedLab();
  const { kernels } = connectClient(lab);
  const kernel = await kernels.startNew({ name: 'scripted' });
  const future = kernel.requestExecute({ code: 'ask', allow_stdin: true });
  let text = '';
  future.onStdin = (message) => {
    const { prompt } = (message as KernelMessage.IInputRequestMsg).content;
    kernel.sendInputReply({ status: 'ok', value: `${prompt} Ada` }, message.header as never);
  };
  future.onIOPub = (message) => {
    if (message.header.msg_type === 'stream') {
      text += (message as KernelMessage.IStreamMsg).content.text;
    }
  };
  await future.done;
  expect(text).toBe('heard name? Ada');
});

test.each(forms)('binary buffers pass both ways in the $form form', async ({ Socket }) => {
  const lab = await startScriptedLab();
  const { kernels } = connectClient(lab, Socket);
  const kernel = await kernels.startNew({ name: 'scripted' });
  const comm = kernel.createComm('test', 'comm-1');
  const echoed = new Promise<KernelMessage.ICommMsgMsg>((resolve) => {
    comm.onMsg = resolve;
  });
  const bytes = Uint8Array.from([0, 255, 10, 13]);
  comm.send({ size: 4 }, undefined, [bytes.buffer, new ArrayBuffer(0)]);
  const { content, buffers } = await echoed;
  expect(content.data).toEqual({ size: 4 });
  expect(buffers!.map((part) => [...Buffer.from((part as DataView).buffer)])).toEqual([
    [0, 255, 10, 13],
    [],
  ]);
});

test('a kernel that dies is started again, and says so', async () => {
  const lab = await startScriptedLab();
  const { kernels } = connectClient(lab);
  const kernel = await kernels.startNew({ name: 'scripted' });
  await kernel.info;
  const states: string[] = [];
  kernel.statusChanged.connect((_, status) => states.push(status));
  kernel.requestExecute({ code: 'die' }).done.catch(() => undefined);
  await until(() => states.includes('autorestarting') && kernel.status === 'idle');
  expect((await run(kernel, 'alive')).text).toBe('alive');
});

test('a kernel that dies again and again is dead, and a restart revives it', async () => {
  const lab = await startScriptedLab();
  const { json } = await lab.api('POST', '/api/kernels', { name: 'scripted' });
  const { id } = json as KernelModel;
  const address = `${new URL(lab.url()).origin.replace('http', 'ws')}/api/kernels/${id}/channels`;
  const socket = new WebSocket(`${address}?token=${lab.token}`);
  await new Promise((resolve) => socket.once('open', resolve));
  const states: unknown[] = [];
  socket.on('message', (data: Buffer) => {
    const { header, content } = JSON.parse(data.toString()) as KernelMessage.IMessage;
    if (header.msg_type === 'status') states.push(Reflect.get(content, 'execution_state'));
  });
  for (let death = 1; states.at(-1) !== 'dead'; death += 1) {
    expect(death).toBeLessThan(10);
    const header = { msg_id: `death-${death}`, msg_type: 'execute_request' };
    socket.send(JSON.stringify({ channel: 'shell', header, content: { code: 'die' } }));
    const restarts = () => states.filter((state) => state === 'restarting').length;
    await until(
      () => states.at(-1) === 'dead' || (restarts() === death && states.at(-1) === 'idle'),
    );
  }
  expect((await lab.api('POST', `/api/kernels/${id}/restart`)).status).toBe(200);
  await until(() => states.at(-1) === 'idle');
  socket.terminate();
});

test('a kernel that does not start says why', async () => {
  const errors: string[] = [];
  const logger = createLogger({ write: (line) => errors.push(line), level: 'error' });
  const lab = await startScriptedLab({ logger });
  const install = (argv: string[]) =>
    writeFile(
      join(lab.folder, 'jupyter', 'kernels', 'scripted', 'kernel.json'),
      JSON.stringify({ argv }),
    );
  await install(['/no/such/program']);
  const missing = await lab.api('POST', '/api/kernels', { name: 'scripted' });
  expect(missing.status).toBe(500);
  expect((missing.json as { message: string }).message).toContain('"scripted" cannot be started');
  const unknown = await lab.api('POST', '/api/sessions', {
    path: 'a.ipynb',
    type: 'notebook',
    kernel: { name: 'cobol' },
  });
  expect(unknown.status).toBe(501);
  expect((unknown.json as { message: string }).message).toContain('There is no kernel "cobol"');
  expect((await lab.api('GET', '/api/kernels')).json).toEqual([]);

  // One that takes its time to fail is there first, and dead then.
  await install([process.execPath, '-e', 'setTimeout(() => { throw Error("no engine") }, 300)']);
  const late = await lab.api('POST', '/api/kernels', { name: 'scripted' });
  expect(late.status).toBe(201);
  const { id } = late.json as KernelModel;
  await until(async () => {
    const { json } = await lab.api('GET', `/api/kernels/${id}`);
    return (json as KernelModel).execution_state === 'dead';
  });
  expect(errors.join()).toContain('no engine');
});

test('code that is sent before the kernel runs is run', async () => {
  const lab = await startScriptedLab();
  const { kernels } = connectClient(lab);
  const kernel = await kernels.startNew({ name: 'tslab' });
  expect((await run(kernel, '6 * 7')).text).toBe('42\n');
});

test('a closed server leaves no kernel behind', async () => {
  const lab = await startScriptedLab();
  const { kernels } = connectClient(lab);
  const kernel = await kernels.startNew({ name: 'scripted' });
  const future = kernel.requestExecute({ code: 'folder' });
  await future.done;
  const ended = new Promise((resolve) => {
    for (const socket of CountedSocket.open) socket.once('close', resolve);
  });
  await lab.close();
  await ended;
  await expect(lab.api('GET', '/api')).rejects.toThrow();
});
