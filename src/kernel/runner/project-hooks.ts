// Module hooks that load the project's TypeScript files.

import type { LoadHook, ResolveHook } from 'node:module';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';

/** A project file as the hooks serve it. */
interface ServedModule {
  readonly url: string;
  readonly code: string;
  /** The URLs of imported project files by specifier. */
  readonly imports: Readonly<Record<string, string>>;
}

const modules = new Map<string, ServedModule>();
let port: MessagePort | undefined;

/** Called by Node.js in the thread of the hooks. */
export function initialize(data: { port: MessagePort }): void {
  port = data.port;
}

/** Messages sent before an import began have arrived by now. */
function receive(): void {
  if (port === undefined) return;
  for (
    let received = receiveMessageOnPort(port);
    received !== undefined;
    received = receiveMessageOnPort(port)
  ) {
    for (const module of received.message as ServedModule[]) modules.set(module.url, module);
  }
}

/** Resolves imports between project files. */
export const resolve: ResolveHook = (specifier, context, next) => {
  receive();
  if (modules.has(specifier)) return { url: specifier, shortCircuit: true };
  const url = modules.get(context.parentURL ?? '')?.imports[specifier];
  return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
};

/** Loads the compiled code of project files. */
export const load: LoadHook = (url, context, next) => {
  receive();
  const module = modules.get(url);
  return module === undefined
    ? next(url, context)
    : { format: 'module', source: module.code, shortCircuit: true };
};
