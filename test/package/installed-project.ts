import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../database.js';
import { asRoot, ordinaryUser, type TestUser } from '../warehouse/home.js';
import { until } from '../until.js';
import { startRegistry } from './registry.js';

const execute = promisify(execFile);

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that goes on. */
export interface Started {
  /** What an expression finds in what it says, once it does. */
  line(pattern: RegExp): Promise<string>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** A project outside of the repository in which the package `daybook` is installed, as npm does it. */
export interface InstalledProject {
  /** Its path has a space and an umlaut. */
  readonly folder: string;
  /** The tarball that was installed. */
  readonly tarball: string;
  /** As whom its commands run: an ordinary user, also where the tests run as root. */
  readonly user: TestUser | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Writes a file of the project. */
  write(path: string, content: string): void;
  /** Copies a folder of this machine into it. */
  copy(from: string, to: string): void;
  /** Runs a program in its folder; `daybook` is the one of its own node_modules. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  daybook(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Starts a command that goes on. */
  start(args: readonly string[]): Started;
  /** Stops its Postgres and removes all of it. */
  remove(): Promise<void>;
}

/**
 * Packs the repository as it is built, and installs it in a new project with these files.
 *
 * @param files - Contents by path.
 */
export async function installProject(
  files: Readonly<Record<string, string>>,
): Promise<InstalledProject> {
  const parent = mkdtempSync(join(tmpdir(), 'daybook-installed-'));
  chmodSync(parent, 0o755);
  const folder = join(parent, 'Größen und Käufe');
  mkdirSync(folder);
  const home = join(parent, 'home');
  mkdirSync(home);
  const user = asRoot ? ordinaryUser() : undefined;
  const own = (path: string) => {
    if (user !== undefined) chownSync(path, user.uid, user.gid);
  };
  const write = (path: string, content: string) => {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
    own(dirname(at));
    own(at);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);

  const registry = await startRegistry(parent);
  let tarball: string;
  try {
    tarball = await registry.publish(root);
    await registry.publish(join(root, 'create-daybook'));
    const env = { ...process.env, ...registry.env };
    // As whoever runs the tests, whose npm has a cache.
    await execute('npm', ['install', 'daybook', '--ignore-scripts'], { cwd: folder, env });
  } finally {
    await registry.stop();
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.startsWith('node_modules/')) own(join(folder, path));
  }
  own(folder);
  own(home);

  const env = { PATH: process.env['PATH'], HOME: home };
  const run = async (
    program: string,
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<Ended> => {
    const options = { cwd: folder, env: { ...env, ...more }, maxBuffer: 1e8, ...user };
    try {
      return { code: 0, ...(await execute(program, args, options)) };
    } catch (error) {
      return error as Ended & Error;
    }
  };
  const daybook = (args: readonly string[], more?: NodeJS.ProcessEnv) =>
    run(process.execPath, [join(folder, 'node_modules/.bin/daybook'), ...args], more);
  const copy = (from: string, to: string) => {
    const at = join(folder, to);
    cpSync(from, at, { recursive: true });
    for (const path of readdirSync(at, { recursive: true, encoding: 'utf8' })) own(join(at, path));
    for (let above = at; above !== folder; above = dirname(above)) own(above);
  };
  const start = (args: readonly string[]): Started => {
    const command = [join(folder, 'node_modules/.bin/daybook'), ...args];
    const child = spawn(process.execPath, command, { cwd: folder, env, ...user });
    const ended = once(child, 'exit');
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    }
    return {
      line: async (pattern) => {
        await until(() => pattern.test(said) || child.exitCode !== null);
        const found = pattern.exec(said)?.[0];
        if (found === undefined) throw new Error(`it ended: ${said}`);
        return found;
      },
      stop: async () => {
        child.kill('SIGINT');
        await ended;
      },
    };
  };
  return {
    ...{ folder, tarball, user, env, write, copy, run, daybook, start },
    remove: async () => {
      await daybook(['db', 'stop']);
      rmSync(parent, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
