import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { once } from 'node:events';

const root = resolve(import.meta.dirname, '../..');

/** How a command ended. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of its own with the shipped content, for commands that a user gives. */
export interface Workspace {
  readonly folder: string;
  /** Runs `daybook ARGS` in the project to its end. */
  daybook(...args: string[]): Promise<Outcome>;
  /** Starts `daybook ARGS`; resolves with the first match of `until` in what it prints. */
  start(
    until: RegExp,
    ...args: string[]
  ): Promise<{ match: RegExpMatchArray; child: ChildProcess }>;
  /** Stops what was started, and the Postgres, and removes the folder. */
  remove(): Promise<void>;
}

/**
 * A copy of the content (sql/, notebooks/, the types of both) in a temporary folder with a space in its name, on the
 * compiled engine of this checkout.
 *
 * @param env - Settings beside those of the process.
 */
export function createWorkspace(env: Record<string, string> = {}): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'daybook end to end '));
  chmodSync(folder, 0o755); // As root, Postgres runs as another user.
  const files = ['package.json', 'daybook.config.ts', 'daybook-env.d.ts'];
  for (const part of [...files, 'sample-logs', 'sql', 'notebooks']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  for (const part of ['node_modules', 'dist']) symlinkSync(join(root, part), join(folder, part));

  const running = new Set<ChildProcess>();
  const spawnDaybook = (args: readonly string[]): ChildProcess => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(DAYBOOK_|DATABASE_URL$|HOST$|PORT$|VITEST)/.test(name),
    );
    const child = spawn(process.execPath, [join(root, 'bin/daybook.js'), ...args], {
      cwd: folder,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  };

  const daybook = async (...args: string[]): Promise<Outcome> => {
    const child = spawnDaybook(args);
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, stdout, stderr };
  };

  return {
    folder,
    daybook,
    start: (until, ...args) => {
      const child = spawnDaybook(args);
      return new Promise((fulfil, reject) => {
        let printed = '';
        const read = (text: string): void => {
          printed += text;
          const match = until.exec(printed);
          if (match !== null) fulfil({ match, child });
        };
        child.stdout?.setEncoding('utf8').on('data', read);
        child.stderr?.setEncoding('utf8').on('data', read);
        child.once('close', () => {
          reject(new Error(`daybook ${args.join(' ')} ended:\n${printed}`));
        });
      });
    },
    remove: async () => {
      await Promise.all(
        [...running].map(async (child) => {
          child.kill('SIGTERM');
          await once(child, 'exit');
        }),
      );
      await daybook('db', 'stop');
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
