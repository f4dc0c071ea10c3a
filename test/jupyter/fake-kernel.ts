import { once } from 'node:events';
import { createServer } from 'node:net';
import { createConnectionFile } from '../../src/jupyter/connection-file.js';
import { connectKernel, type Kernel, type StartKernelOptions } from '../../src/jupyter/kernel.js';
import type { KernelExit, KernelProcess } from '../../src/jupyter/kernel-process.js';
import { bindKernelSockets, type KernelSockets } from '../../src/jupyter/kernel-sockets.js';
import type { Kernelspec } from '../../src/jupyter/kernelspec.js';
import {
  createMessage,
  isMessage,
  type Message,
  type MessageContents,
  type MessageType,
} from '../../src/jupyter/message.js';

/** What a scripted kernel can do with a request. */
export interface Stage {
  readonly request: Message;
  /** How many execute requests came before this one. */
  readonly index: number;
  readonly code: string;
  /** Publishes on iopub, as an answer to this request or to another. */
  publish<T extends MessageType>(
    type: T,
    content: MessageContents[T],
    parent?: Pick<Message, 'header' | 'identities'>,
  ): Promise<void>;
  /** Publishes anything at all. */
  publishRaw(message: Message<unknown>): Promise<void>;
  busy(): Promise<void>;
  idle(): Promise<void>;
  print(text: string, name?: string): Promise<void>;
  reply(content?: Partial<MessageContents['execute_reply']>): Promise<void>;
  /** Asks for input on stdin. */
  askForInput(): Promise<void>;
  /** Ends the process, sockets and all. */
  die(exit?: Partial<KernelExit>): void;
  /** Resolves when the kernel is interrupted. */
  readonly interrupted: Promise<void>;
}

/** What the kernel does with each execute request. */
export type Script = (stage: Stage) => Promise<void> | void;

/** How a scripted kernel differs from a well-behaved one. */
export interface FakeKernelOptions {
  /** Its name for itself; `tslab` turns on what is done for tslab. */
  implementation?: string;
  /** So many kernel_info requests are answered without any status. */
  lostStatuses?: number;
  /** Before it binds, a program on its shell and iopub ports takes a connection, says this and ends. */
  occupant?: Buffer;
  /** What it signs with instead of the key that it was given. */
  key?: string;
  /** Options of the client's side. */
  connect?: Omit<StartKernelOptions, 'cwd' | 'env'>;
}

/** A scripted kernel and our connection to it. */
export interface FakeKernel extends AsyncDisposable {
  readonly kernel: Kernel;
  /** The codes of all execute requests. */
  readonly requests: readonly string[];
}

/**
 * A kernel that plays a script, in this process: it speaks ZeroMQ through src/jupyter, and dies when
 * the script says so. For orders of messages that real kernels make rarely.
 */
export async function startFakeKernel(
  script: Script,
  options: FakeKernelOptions = {},
): Promise<FakeKernel> {
  const { implementation = 'fake', lostStatuses = 0, key } = options;
  const file = await createConnectionFile();
  const requests: string[] = [];
  let infoCount = 0;
  let exit: KernelExit | undefined;
  let end: (exit: KernelExit) => void = () => undefined;
  const exited = new Promise<KernelExit>((resolve) => {
    end = resolve;
  });
  let interrupt: () => void = () => undefined;
  let interrupted = new Promise<void>((resolve) => (interrupt = resolve));

  const die = ({ code = null, signal = null }: Partial<KernelExit> = {}) => {
    if (exit !== undefined) return;
    exit = { code, signal };
    sockets?.close();
    end(exit);
  };
  let sockets: KernelSockets | undefined;
  const bound = (): KernelSockets => {
    if (sockets === undefined) throw new Error('the scripted kernel is not bound yet');
    return sockets;
  };
  const answerTo = (request: Message) => ({
    publish: <T extends MessageType>(
      type: T,
      content: MessageContents[T],
      parent: Pick<Message, 'header' | 'identities'> = request,
    ) => bound().iopub.send(createMessage(type, content, { session: 'fake', parent })),
    reply: <T extends MessageType>(type: T, content: MessageContents[T]) =>
      bound().shell.send(createMessage(type, content, { session: 'fake', parent: request })),
  });
  const handle = (channel: string, request: Message) => {
    const { publish, reply } = answerTo(request);
    if (isMessage(request, 'kernel_info_request')) {
      infoCount += 1;
      const isLost = infoCount <= lostStatuses;
      void (async () => {
        if (!isLost) await publish('status', { execution_state: 'busy' });
        await reply('kernel_info_reply', {
          status: 'ok',
          protocol_version: '5.4',
          implementation,
          implementation_version: '1',
          language_info: { name: 'typescript', version: '1' },
        });
        if (!isLost) await publish('status', { execution_state: 'idle' });
        // A test may have closed the sockets by then.
      })().catch(() => undefined);
    }
    if (isMessage(request, 'execute_request')) {
      const stage: Stage = {
        request,
        index: requests.length,
        code: request.content.code,
        publish,
        publishRaw: (message) => bound().iopub.send(message),
        busy: () => publish('status', { execution_state: 'busy' }),
        idle: () => publish('status', { execution_state: 'idle' }),
        print: (text, name = 'stdout') => publish('stream', { name, text }),
        reply: (content = {}) =>
          reply('execute_reply', { status: 'ok', execution_count: 1, ...content }),
        askForInput: () =>
          bound().stdin.send(
            createMessage(
              'input_request',
              { prompt: '', password: false },
              {
                session: 'fake',
                parent: request,
              },
            ),
          ),
        die,
        interrupted,
      };
      requests.push(request.content.code);
      void (async () => script(stage))().catch((error: unknown) => {
        if (!isClosed(error)) throw error;
      });
    }
    if (channel === 'control' && request.header.msg_type === 'shutdown_request') die({ code: 0 });
  };
  const fakeProcess: KernelProcess = {
    pid: undefined,
    get exit() {
      return exit;
    },
    exited,
    interrupt() {
      interrupt();
      interrupted = new Promise((resolve) => (interrupt = resolve));
    },
    end() {
      die({ signal: 'SIGKILL' });
      return Promise.resolve();
    },
    output: () => ({ stdout: '', stderr: 'last words\n' }),
  };
  const { occupant } = options;
  const occupied =
    occupant === undefined
      ? []
      : await Promise.all(
          [file.info.shell_port, file.info.iopub_port].map((port) => occupy(port, occupant)),
        );
  const bind = async () => {
    await Promise.all(occupied.map(({ left }) => left));
    sockets = await bindKernelSockets({ ...file.info, key: key ?? file.info.key }, handle);
  };
  // A kernel with another key takes no request of ours, so it speaks without being asked.
  const speaking =
    key === undefined
      ? undefined
      : setInterval(() => {
          sockets?.iopub
            .send(createMessage('status', { execution_state: 'starting' }, { session: 'fake' }))
            .catch(() => undefined);
        }, 10);
  let kernel: Kernel;
  try {
    [kernel] = await Promise.all([
      connectKernel(fakeSpec, fakeProcess, file, options.connect),
      bind(),
    ]);
  } finally {
    clearInterval(speaking);
  }
  return {
    kernel,
    requests,
    async [Symbol.asyncDispose]() {
      await kernel.shutdown();
      die();
    },
  };
}

/** Listens on a port; takes one connection, says something, hangs up and goes. */
async function occupy(port: number, words: Buffer): Promise<{ left: Promise<void> }> {
  const server = createServer();
  const left = new Promise<void>((resolve) => {
    server.once('connection', (connection) => {
      connection.on('error', () => undefined);
      if (words.length === 0) connection.destroy();
      else connection.end(words, () => connection.destroy());
      server.close(() => {
        resolve();
      });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { left };
}

const fakeSpec: Kernelspec = {
  name: 'fake',
  displayName: 'Fake',
  language: 'typescript',
  argv: ['fake'],
  env: {},
  interruptMode: 'signal',
  resourceDir: undefined,
};

/** Whether a message was sent by a socket that the end of a test has closed. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EBADF';
}
