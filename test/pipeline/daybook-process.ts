import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { root, type TestDatabase } from '../database.js';
import { daybookInProcess, type Ended } from '../commands/daybook-in-process.js';
import { customerLogsFile, customerLogsYaml } from './line-sources.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A project of its own for the command line: these files, and the source that most tests load. */
export function projectFolder(files: Readonly<Record<string, string | Buffer>>): string {
  return temporaryFolder({
    'package.json': '{}',
    [customerLogsFile]: customerLogsYaml,
    ...files,
  });
}

/** `daybook` as a process, on a test's database. */
export function startDaybook(
  database: TestDatabase,
  cwd: string,
  args: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [join(root, 'bin/daybook.js'), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(database, cwd),
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Runs `daybook` as a process to its end. */
export async function daybookProcess(
  database: TestDatabase,
  cwd: string,
  ...args: string[]
): Promise<Ended> {
  const child = startDaybook(database, cwd, args);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** Runs `daybook` to its end, in this process. */
export function daybook(database: TestDatabase, cwd: string, ...args: string[]): Promise<Ended> {
  return daybookInProcess(args, { cwd, env: environment(database, cwd) });
}

const environment = (database: TestDatabase, cwd: string) => ({
  PATH: process.env['PATH'],
  DATABASE_URL: database.ownerUrl,
  DAYBOOK_READER_URL: database.readerUrl,
  DAYBOOK_HOME: join(cwd, '.daybook'),
});
