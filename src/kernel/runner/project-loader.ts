// Loading of the project's TypeScript files in the runner.

import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ProjectModule } from '../../cells/emit/project-module.js';
import type { StackTraces } from './stack-trace.js';

/**
 * Makes the project's TypeScript files importable. Each version of a file is a module of its own, by its URL, so
 * an edited file is loaded again by the next cell that imports it.
 */
export class ProjectLoader {
  readonly #stackTraces: StackTraces;
  readonly #versions = new Map<string, string>();
  #port: MessagePort | undefined;

  constructor(stackTraces: StackTraces) {
    this.#stackTraces = stackTraces;
  }

  /** Registers files before they are imported. */
  add(modules: readonly ProjectModule[]): void {
    const fresh = modules.filter(({ path, version }) => this.#versions.get(path) !== version);
    if (fresh.length === 0) return;
    for (const { path, version, map } of fresh) {
      this.#versions.set(path, version);
      this.#stackTraces.add(versionedUrl(path, version), { label: path, map, lineOffset: 0 });
    }
    this.#connect().postMessage(
      fresh.map((module) => ({
        url: versionedUrl(module.path, module.version),
        code: module.code,
        imports: Object.fromEntries(
          Object.entries(module.imports).map(([specifier, path]) => [
            specifier,
            versionedUrl(path, this.#versions.get(path) ?? ''),
          ]),
        ),
      })),
    );
  }

  /** The URL of a file's current version. */
  urlOf(path: string): string {
    return versionedUrl(path, this.#versions.get(path) ?? '');
  }

  /** Hooks cost a thread, so they start with the first TypeScript file. */
  #connect(): MessagePort {
    if (this.#port !== undefined) return this.#port;
    const { port1, port2 } = new MessageChannel();
    register(new URL('./project-hooks.js', import.meta.url), {
      data: { port: port2 },
      transferList: [port2],
    });
    port1.unref();
    this.#port = port1;
    return port1;
  }
}

function versionedUrl(path: string, version: string): string {
  const url = pathToFileURL(path);
  url.searchParams.set('daybook', version);
  return url.href;
}
