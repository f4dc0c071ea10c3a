// A kernel of the lab with its clients: restart, interrupt, shutdown.

import { randomUUID } from 'node:crypto';
import type { SystemUser } from '../../system/system-users.js';
import { startKernel, type Kernel } from '../../jupyter/kernel.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { createMessage, isMessage, type Channel, type Message } from '../../jupyter/message.js';
import type { Logger } from '../../logger.js';
import { KernelClient } from './kernel-client.js';
import type { ChannelMessage } from './websocket-message.js';

/** A kernel that dies within this time after its start is not restarted indefinitely, in milliseconds. */
const stableAfter = 10_000;

/** The most consecutive restarts of such a kernel. */
const restartLimit = 3;

/** The most clients that a disconnected one is kept for. */
const absentClientLimit = 16;

/** A kernel, in the names of jupyter_server's kernels API. */
export interface KernelModel {
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly last_activity: string;
  readonly execution_state: string;
  /** The number of connected clients. */
  readonly connections: number;
}

/** Options of {@link HostedKernel}. */
export interface HostedKernelOptions {
  readonly spec: Kernelspec;
  /** The kernel's working folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly user: SystemUser | undefined;
}

/**
 * A kernel and its clients, who share the server's one connection: published messages go to all of them, a reply
 * to the one that asked. A restarted kernel keeps its id, and a dead one is restarted.
 */
export class HostedKernel {
  readonly id = randomUUID();
  readonly #options: HostedKernelOptions;
  readonly #clients = new Map<string, KernelClient>();
  /** The sender of each request, by its id, until the reply. */
  readonly #senders = new Map<string, KernelClient>();
  /** The running kernel, or the promise of one that starts. */
  #kernel: Promise<Kernel>;
  #state = 'starting';
  #lastActivity = new Date();
  #startedAt = 0;
  #shortLives = 0;
  #isEnding = false;
  #onProcess: () => void = () => undefined;
  readonly #process = new Promise<void>((resolve) => {
    this.#onProcess = resolve;
  });

  constructor(options: HostedKernelOptions) {
    this.#options = options;
    this.#kernel = this.#start();
    this.#kernel.catch((error: unknown) => {
      this.#failed(error);
    });
  }

  get model(): KernelModel {
    const connected = [...this.#clients.values()].filter((client) => client.isConnected);
    return {
      id: this.id,
      name: this.#options.spec.name,
      last_activity: this.#lastActivity.toISOString(),
      execution_state: this.#state,
      connections: connected.length,
    };
  }

  /** Resolves when its process runs, before it answers; rejects when it cannot be started. */
  async started(): Promise<void> {
    await Promise.race([this.#process, this.#kernel]);
  }

  /** The client of a session id: an existing or a new one. */
  client(session: string): KernelClient {
    const known = this.#clients.get(session);
    if (known !== undefined) return known;
    this.#dropOldestAbsent();
    const client = new KernelClient({
      send: (sender, message) => {
        void this.#send(sender, message);
      },
      lost: () => {
        this.#clients.delete(session);
      },
      logger: this.#options.logger,
    });
    this.#clients.set(session, client);
    return client;
  }

  /** Interrupts the running cell. */
  async interrupt(): Promise<void> {
    await (await this.#kernel).interrupt();
  }

  /** Restarts the kernel; its memory is lost. */
  async restart(): Promise<void> {
    this.#shortLives = 0;
    await this.#replace();
  }

  /** Ends the kernel and the connections of its clients. */
  async shutdown(): Promise<void> {
    this.#isEnding = true;
    await this.#kernel.then(
      (kernel) => kernel.shutdown(),
      () => undefined, // it never started
    );
    this.#publishState('dead');
    for (const client of this.#clients.values()) client.disconnect();
  }

  async #start(): Promise<Kernel> {
    const { spec, cwd, env, logger, user } = this.#options;
    const onProcess = this.#onProcess;
    const kernel = await startKernel(spec, { cwd, env, logger, user, onProcess });
    this.#startedAt = performance.now();
    this.#state = 'idle';
    kernel.channels.listen((channel, message) => {
      this.#receive(channel, message);
    });
    void kernel.process.exited.then(() => this.#ended(kernel));
    return kernel;
  }

  /** Replaces the kernel by a new one, after ending it. */
  async #replace(): Promise<void> {
    const before = this.#kernel;
    this.#state = 'restarting';
    this.#kernel = before
      .then(
        (kernel) => kernel.shutdown(),
        () => undefined,
      )
      .then(() => {
        this.#senders.clear();
        for (const client of this.#clients.values()) client.forget();
        return this.#start();
      });
    try {
      await this.#kernel;
      this.#publishState('idle');
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** Handles the end of the kernel's process; one that died is restarted. */
  async #ended(kernel: Kernel): Promise<void> {
    await kernel.channels.iopubEnded;
    const current = await this.#kernel.catch(() => undefined);
    if (this.#isEnding || current !== kernel) return;
    const { logger, spec } = this.#options;
    this.#shortLives = performance.now() - this.#startedAt < stableAfter ? this.#shortLives + 1 : 0;
    logger.warn(`the kernel "${spec.name}" died`, { kernel: this.id });
    if (this.#shortLives > restartLimit) {
      this.#publishState('dead');
      return;
    }
    // Clients know this state, and reconnect when the kernel is back.
    this.#publishState('restarting');
    await this.#replace().catch(() => undefined); // it says so itself
  }

  /** Handles a failed start. */
  #failed(error: unknown): void {
    this.#options.logger.error(error instanceof Error ? error.message : String(error));
    this.#publishState('dead');
  }

  async #send(client: KernelClient, { channel, message }: ChannelMessage): Promise<void> {
    if (channel === 'iopub') return;
    this.#lastActivity = new Date();
    this.#senders.set(message.header.msg_id, client);
    try {
      const kernel = await this.#kernel;
      await kernel.channels.send(channel, message);
    } catch (error) {
      this.#senders.delete(message.header.msg_id);
      this.#options.logger.debug(`a message did not reach the kernel: ${String(error)}`);
    }
  }

  #receive(channel: Channel, message: Message): void {
    this.#lastActivity = new Date();
    if (channel === 'iopub') {
      if (isMessage(message, 'status')) this.#state = message.content.execution_state;
      for (const client of this.#clients.values()) client.deliver(channel, message);
      return;
    }
    const request = message.parentHeader.msg_id ?? '';
    this.#senders.get(request)?.deliver(channel, message);
    // A kernel that asks for input will still reply to the same request.
    if (channel !== 'stdin') this.#senders.delete(request);
  }

  /** Publishes a state that the kernel itself cannot. */
  #publishState(state: 'idle' | 'restarting' | 'dead'): void {
    this.#state = state;
    const message = createMessage('status', { execution_state: state }, { session: this.id });
    for (const client of this.#clients.values()) client.deliver('iopub', message);
  }

  #dropOldestAbsent(): void {
    const absent = [...this.#clients].filter(([, client]) => !client.isConnected);
    const oldest = absent.length > absentClientLimit ? absent[0] : undefined;
    if (oldest !== undefined) this.#clients.delete(oldest[0]);
  }
}
