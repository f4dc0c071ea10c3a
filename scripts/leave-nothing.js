/**
 * Sees to it that a temporary folder does not outlive the process that made it, nor processes that work in it, however
 * that process ends: a process of its own waits for the end, and then ends them and removes the folder. Killed
 * processes cannot clear up after themselves, and whatever kills a group of processes does not reach this one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const thisFile = fileURLToPath(import.meta.url);

/**
 * Watches a folder from now on, until whoever calls this has removed it.
 *
 * @param {string} folder - Absolute. Processes with it in an argument, in a variable of their environment, or as their
 *   working folder are ended with it.
 * @returns {() => void} Call it when the folder is removed: the watch is over.
 */
export function leaveNothing(folder) {
  const watcher = spawn(process.execPath, [thisFile, folder], {
    cwd: '/',
    // None of its own variables names the folder, nor says how this process is to be run.
    env: { PATH: process.env.PATH },
    detached: true,
    // Its input ends when this process ends, by whatever cause.
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  watcher.stdin.on('error', () => undefined);
  watcher.stdin.unref();
  watcher.unref();
  return () => {
    watcher.stdin.end('removed');
  };
}

/** Ends what works in a folder, and removes it. */
async function clearUp(folder) {
  // What is being started while it is looked for is found the next time.
  for (let attempt = 0; attempt < 20 && existsSync(folder); attempt += 1) {
    const found = processesOf(folder);
    // Whoever would start a server again ends before the servers.
    const servers = found.filter(isPostgres);
    for (const pid of found) if (!servers.includes(pid)) send(pid, 'SIGKILL');
    // A server that is asked to end at once takes its processes and its shared memory with it.
    for (const pid of postmastersIn(folder)) send(pid, 'SIGQUIT');
    for (let wait = 0; wait < 100 && servers.some(isThere); wait += 1) await sleep(50);
    for (const pid of servers) send(pid, 'SIGKILL');
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // Somebody has just written into it.
      await sleep(50);
    }
  }
}

/** Processes that name a folder, except this one; none where the system does not say. */
function processesOf(folder) {
  if (!existsSync('/proc/self/environ')) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && names(pid, folder));
}

function names(pid, folder) {
  const of = (read) => {
    try {
      return read();
    } catch {
      // It has ended, or is another user's.
      return '';
    }
  };
  return [
    () => readFileSync(`/proc/${pid}/cmdline`, 'latin1'),
    () => readFileSync(`/proc/${pid}/environ`, 'latin1'),
    () => readlinkSync(`/proc/${pid}/cwd`),
  ].some((read) => of(read).includes(folder));
}

function isPostgres(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return false;
  }
}

/** The servers of data folders below a folder. */
function postmastersIn(folder) {
  const own = join(folder, 'postmaster.pid');
  if (existsSync(own)) return [Number(readFileSync(own, 'utf8').split('\n')[0])];
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .flatMap(({ name }) => postmastersIn(join(folder, name)));
  } catch {
    return [];
  }
}

function isThere(pid) {
  return send(pid, 0);
}

function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

if (process.argv[1] === thisFile) {
  const said = [];
  process.stdin.on('data', (chunk) => said.push(chunk));
  await once(process.stdin, 'end');
  if (said.length === 0) await clearUp(process.argv[2]);
}
