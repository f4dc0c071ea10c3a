// The running kernels of the lab.

import { findKernelspec, listKernelspecs, type Kernelspec } from '../../jupyter/kernelspec.js';
import type { Logger } from '../../logger.js';
import type { SystemUser } from '../../system/system-users.js';
import { HostedKernel } from './hosted-kernel.js';
import { RequestError } from '../http/request-error.js';

/** What the kernels of a server share. */
export interface KernelsOptions {
  /** The environment of kernels, also for finding kernelspecs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** The user of kernels. Default: that of this process. */
  readonly user?: SystemUser | undefined;
}

/** The preferred kernelspecs of new notebooks, best first. */
const preferredNames = ['daybook', 'tslab'];

/** The kernels of a server. None is ended for being idle. */
export class Kernels {
  readonly #options: KernelsOptions;
  readonly #running = new Map<string, HostedKernel>();

  constructor(options: KernelsOptions) {
    this.#options = options;
  }

  /** The available kernelspecs, the preferred one first. */
  async specs(): Promise<readonly [Kernelspec, ...Kernelspec[]]> {
    const specs = await listKernelspecs({ env: this.#options.env });
    const rank = ({ name }: Kernelspec) => preferredNames.indexOf(name) + 1 || Infinity;
    return specs.sort((a, b) => rank(a) - rank(b) || 0) as [Kernelspec, ...Kernelspec[]];
  }

  list(): readonly HostedKernel[] {
    return [...this.#running.values()];
  }

  /** The kernel of an id, if it exists. */
  find(id: string): HostedKernel | undefined {
    return this.#running.get(id);
  }

  /** @throws RequestError 404 when there is no such kernel. */
  get(id: string): HostedKernel {
    const kernel = this.find(id);
    if (kernel === undefined) throw new RequestError(404, `there is no kernel ${id}`);
    return kernel;
  }

  /**
   * Starts a kernel. This resolves before it answers: messages of clients are queued, so that an analyst can run
   * cells at once.
   *
   * @param name - Of its kernelspec; undefined: the preferred one.
   * @param cwd - Its working folder.
   * @throws DaybookError `KERNEL_UNKNOWN`, `KERNEL_START`.
   */
  async start(name: string | undefined, cwd: string): Promise<HostedKernel> {
    const { env, logger, user } = this.#options;
    const spec = name === undefined ? (await this.specs())[0] : await findKernelspec(name, { env });
    const kernel = new HostedKernel({ spec, cwd, env, logger, user });
    this.#running.set(kernel.id, kernel);
    try {
      await kernel.started();
    } catch (error) {
      this.#running.delete(kernel.id);
      throw error;
    }
    return kernel;
  }

  /** Ends a kernel. */
  async shutdown(id: string): Promise<void> {
    const kernel = this.get(id);
    this.#running.delete(id);
    await kernel.shutdown();
  }

  /** Ends all kernels. */
  async close(): Promise<void> {
    const kernels = this.list();
    this.#running.clear();
    await Promise.all(kernels.map((kernel) => kernel.shutdown()));
  }
}
