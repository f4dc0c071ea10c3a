import { join, resolve } from 'node:path';
import { startKernel, type Kernel } from '../../src/jupyter/kernel.js';
import { findKernelspec } from '../../src/jupyter/kernelspec.js';
import {
  isMessage,
  type Message,
  type MessageContents,
  type MessageType,
} from '../../src/jupyter/message.js';

const root = resolve(import.meta.dirname, '../..');

/** What a cell did: its reply, and what was published for it between busy and idle. */
export interface Executed {
  readonly reply: MessageContents['execute_reply'];
  /** Everything published for the request, `status` included, in order. */
  readonly published: readonly Message[];
  /** Text of the streams, joined. */
  readonly stdout: string;
  readonly stderr: string;
  readonly result: Record<string, unknown> | undefined;
  readonly errors: readonly MessageContents['error'][];
}

/** A real kernel with what tests do to it. */
export interface KernelSession {
  readonly kernel: Kernel;
  /** Every message so far, in the order in which they came. */
  readonly messages: readonly Message[];
  run(code: string, options?: Partial<MessageContents['execute_request']>): Promise<Executed>;
  /** Sends an execute request; {@link finished} waits for it. */
  send(code: string, options?: Partial<MessageContents['execute_request']>): Promise<string>;
  finished(id: string): Promise<Executed>;
  /** Asks on a channel and gives the reply's content. */
  ask<T extends MessageType>(
    channel: 'shell' | 'control',
    type: T,
    content: MessageContents[T],
  ): Promise<Record<string, unknown>>;
  /** Resolves with the first message, old or new, that fits. */
  find(fits: (message: Message) => boolean): Promise<Message>;
  stop(): Promise<void>;
}

/** Starts Daybook's kernel. Default folder: notebooks/. */
export async function startSession(
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<KernelSession> {
  const spec = await findKernelspec('daybook', { env: {} });
  const kernel = await startKernel(spec, {
    cwd: options.cwd ?? join(root, 'notebooks'),
    env: { ...process.env, ...options.env },
  });
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  kernel.listen((_channel, message) => {
    messages.push(message);
    for (const look of [...waiting]) look();
  });
  const when = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const ofRequest = (id: string) => messages.filter((m) => m.parentHeader.msg_id === id);
  const session: KernelSession = {
    kernel,
    messages,
    async send(code, given = {}) {
      const request = kernel.channels.request('execute_request', {
        code,
        silent: false,
        store_history: true,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
        ...given,
      });
      await kernel.channels.send('shell', request);
      return request.header.msg_id;
    },
    finished: (id) =>
      when(() => {
        const all = ofRequest(id);
        const reply = all.find((m) => isMessage(m, 'execute_reply'));
        const published = all.filter((m) => m !== reply);
        const isIdle = published.some(
          (m) => isMessage(m, 'status') && m.content.execution_state === 'idle',
        );
        if (reply === undefined || !isIdle) return undefined;
        return executed(reply.content, published);
      }),
    run: async (code, given) => session.finished(await session.send(code, given)),
    async ask(channel, type, content) {
      const request = kernel.channels.request(type, content);
      await kernel.channels.send(channel, request);
      const reply = await session.find(
        (m) =>
          m.parentHeader.msg_id === request.header.msg_id && m.header.msg_type.endsWith('_reply'),
      );
      return reply.content;
    },
    find: (fits) => when(() => messages.find(fits)),
    stop: () => kernel.shutdown(),
  };
  return session;
}

function executed(
  reply: MessageContents['execute_reply'],
  published: readonly Message[],
): Executed {
  const text = (name: string) =>
    published
      .map((m) => (isMessage(m, 'stream') && m.content.name === name ? m.content.text : ''))
      .join('');
  const result = published.find((m) => isMessage(m, 'execute_result'));
  return {
    reply,
    published,
    stdout: text('stdout'),
    stderr: text('stderr'),
    result: result?.content['data'],
    errors: published.flatMap((m) => (isMessage(m, 'error') ? [m.content] : [])),
  };
}

/** Text without ANSI colours. */
export function plain(lines: readonly string[]): string {
  // eslint-disable-next-line no-control-regex -- the escape is what is looked for
  return lines.join('\n').replace(/\u001b\[[\d;]*m/g, '');
}
