import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { root } from '../database.js';
import { asRoot, ordinaryUser } from '../warehouse/home.js';
import { startRegistry } from './registry.js';

/** What a process wrote, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody on a machine that knows Daybook from a registry alone: an ordinary user, blanks and an umlaut in the path. */
export interface Somebody {
  /** Of the user; absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs a command to its end. */
  readonly run: (cwd: string, ...command: readonly string[]) => Promise<Ended>;
  /**
   * Starts a command that goes on.
   *
   * @returns What it wrote that fits, and how to end it as Ctrl-C does.
   * @throws When it ends before.
   */
  readonly start: (
    cwd: string,
    pattern: RegExp,
    ...command: readonly string[]
  ) => Promise<{ readonly match: RegExpExecArray; readonly stop: () => Promise<void> }>;
  /** Publishes newer packages, as they are built in these folders. */
  readonly publish: (packages: readonly string[]) => Promise<void>;
  /** Ends what still runs, and removes all of it. */
  readonly leave: () => Promise<void>;
}

/** The folders of both packages of Daybook below that of a repository, in the order in which they are published. */
export const packagesIn = (repository: string): string[] => [
  join(repository, 'create-daybook'),
  repository,
];

/**
 * Publishes packages, as they are built, to a registry of its own.
 *
 * @param packages - Their folders; default: both of this repository.
 */
export async function somebodyWithPackages(
  packages: readonly string[] = packagesIn(root),
): Promise<Somebody> {
  const base = mkdtempSync(join(tmpdir(), 'daybook-journey-'));
  chmodSync(base, 0o755);
  const user = asRoot ? ordinaryUser() : undefined;
  const folder = join(base, 'Größe x');
  mkdirSync(folder);
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const registry = await startRegistry(base);
  const publish = async (folders: readonly string[]) => {
    for (const each of folders) await registry.publish(each);
  };
  await publish(packages);
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    npm_config_cache: join(folder, '.npm'),
    ...registry.env,
  };
  const running = new Set<ChildProcess>();
  const begin = (cwd: string, [program = '', ...args]: readonly string[]) => {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    // A group of its own, so that all of it is ended.
    const child = spawn(program, args, { ...user, cwd, env, detached: true, stdio: [...stdio] });
    running.add(child);
    child.once('close', () => running.delete(child));
    return child;
  };
  const signal = (child: ChildProcess, name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid ?? 0), name);
    } catch {
      // It has ended.
    }
  };
  return {
    ...{ folder, env, publish },
    run: async (cwd, ...command) => {
      const child = begin(cwd, command);
      const [out, err] = [collect(child.stdout), collect(child.stderr)];
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stdout: out(), stderr: err() };
    },
    start: async (cwd, pattern, ...command) => {
      const child = begin(cwd, command);
      const err = collect(child.stderr);
      let written = '';
      for await (const text of child.stdout.setEncoding('utf8')) {
        written += String(text);
        const match = pattern.exec(written);
        if (match === null) continue;
        child.stdout.resume();
        const stop = async () => {
          if (!running.has(child)) return;
          signal(child, 'SIGINT');
          await once(child, 'close');
        };
        return { match, stop };
      }
      throw new Error(`${command.join(' ')} ended: ${written}${err()}`);
    },
    leave: async () => {
      for (const child of running) signal(child, 'SIGKILL');
      await registry.stop();
      rmSync(base, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}
