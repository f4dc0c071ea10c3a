/**
 * Preloaded into tslab (`node --import`), and so into the processes and threads that its cells start, which it
 * leaves alone. It patches what tslab has no settings for.
 */
import { createRequire } from 'node:module';
import { findProjectTypes } from '../files/project-types.js';

if (/[\\/]tslab$/.test(process.argv[1] ?? '')) {
  const require = createRequire(process.argv[1] ?? import.meta.url);
  declareProjectTables(require);
  queueAllMessages(require);
}

type CreateHost = (rootFiles: readonly string[], ...rest: readonly unknown[]) => unknown;

/** Adds the types of the project's tables, which no import of a cell leads to. */
function declareProjectTables(require: NodeJS.Require): void {
  const path = require.resolve('@tslab/typescript-for-tslab');
  const compiler = require(path) as { readonly createWatchCompilerHost: CreateHost };
  const loaded = require.cache[path];
  const types = findProjectTypes(process.cwd());
  if (loaded === undefined || types === undefined) return;
  // Its exports are getters that cannot be replaced singly; tslab copies them anyway.
  loaded.exports = {
    ...compiler,
    createWatchCompilerHost: (rootFiles: readonly string[], ...rest: readonly unknown[]) =>
      compiler.createWatchCompilerHost([...rootFiles, types], ...rest),
  };
}

/**
 * Removes the limit of queued messages. tslab awaits no send, and ZeroMQ's client for Node.js queues some 500, so
 * a loop of `console.log` lost the rest of its output and the message that the cell was done.
 */
function queueAllMessages(require: NodeJS.Require): void {
  const { Publisher, Router } = require('zeromq') as typeof import('zeromq');
  for (const { prototype } of [Publisher, Router]) {
    const bind = Reflect.get(prototype, 'bind') as (this: object, address: string) => unknown;
    const value = function (this: object, address: string) {
      Object.assign(this, { sendTimeout: 0, sendHighWaterMark: 0 });
      return bind.call(this, address);
    };
    Object.defineProperty(prototype, 'bind', { value });
  }
}
