// Connection files of kernels: ports, key, permissions.

import { randomInt, randomUUID } from 'node:crypto';
import { chown, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaybookError } from '../errors.js';
import { guardPath, releasePath } from './kernel-watchdog.js';

/**
 * A kernel's addresses, in the names of the connection file
 * (https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files).
 */
export interface ConnectionInfo {
  readonly transport: 'tcp' | 'ipc';
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  /** The key of signatures; empty: not signed. */
  readonly key: string;
  readonly signature_scheme: 'hmac-sha256';
}

/** The channels by the names of their ports in the connection file. */
export type ChannelPort = 'shell' | 'iopub' | 'stdin' | 'control' | 'hb';

/** The ZeroMQ address of one channel. */
export function channelAddress(info: ConnectionInfo, channel: ChannelPort): string {
  const separator = info.transport === 'tcp' ? ':' : '-';
  return `${info.transport}://${info.ip}${separator}${info[`${channel}_port`]}`;
}

/** A connection file on disk. */
export interface ConnectionFile {
  readonly path: string;
  readonly info: ConnectionInfo;
  /** Deletes the file, which contains the key, and releases the ports. */
  remove(): Promise<void>;
}

/**
 * Writes a connection file with five free loopback ports and a new key. Only its owner may read it (0600): the key
 * permits running code in the kernel.
 *
 * @param options - `folder`: of the file; default: the system's folder for temporary files. `owner`: the kernel's
 *   user; default: this process's.
 */
export async function createConnectionFile({
  folder = tmpdir(),
  owner,
}: {
  folder?: string;
  owner?: { readonly uid: number; readonly gid: number } | undefined;
} = {}): Promise<ConnectionFile> {
  const info: ConnectionInfo = {
    transport: 'tcp',
    ip: '127.0.0.1',
    shell_port: await reservePort(),
    iopub_port: await reservePort(),
    stdin_port: await reservePort(),
    control_port: await reservePort(),
    hb_port: await reservePort(),
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
  };
  const path = join(folder, `daybook-kernel-${randomUUID()}.json`);
  await writeFile(path, JSON.stringify(info, undefined, 1), { mode: 0o600, flag: 'wx' });
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  guardPath(path);
  return {
    path,
    info,
    async remove() {
      await rm(path, { force: true });
      releasePath(path);
      for (const port of [
        info.shell_port,
        info.iopub_port,
        info.stdin_port,
        info.control_port,
        info.hb_port,
      ]) {
        reserved.delete(port);
      }
    },
  };
}

/**
 * Reads the connection file of a kernel.
 *
 * @throws DaybookError `KERNEL_CONNECTION_FILE` when it is missing or invalid.
 */
export async function readConnectionFile(path: string): Promise<ConnectionInfo> {
  const invalid = (reason: string, cause?: unknown) =>
    new DaybookError('KERNEL_CONNECTION_FILE', `${path} is no connection file: ${reason}`, {
      cause,
      hint: 'A kernel is started by Jupyter, which writes the file.',
    });
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw invalid('it cannot be read', cause);
  }
  if (typeof value !== 'object' || value === null) throw invalid('it holds no JSON object');
  const fields = value as Record<string, unknown>;
  const { transport, ip, key, signature_scheme: scheme } = fields;
  if (transport !== 'tcp' && transport !== 'ipc') throw invalid('transport must be tcp or ipc');
  if (typeof ip !== 'string') throw invalid('ip is missing');
  if (typeof key !== 'string') throw invalid('key is missing');
  if (key !== '' && scheme !== 'hmac-sha256') {
    throw invalid(`the signature scheme ${JSON.stringify(scheme)} is not known`);
  }
  for (const channel of ['shell', 'iopub', 'stdin', 'control', 'hb'] as const) {
    if (!Number.isInteger(fields[`${channel}_port`])) throw invalid(`${channel}_port is missing`);
  }
  return value as ConnectionInfo;
}

/**
 * The range of ports: below the ephemeral ones (Linux from 32768, others from 49152), so that no program takes one
 * by chance before the kernel does.
 */
const portRange = [20_000, 32_768] as const;

/** Ports of this process's kernels. */
const reserved = new Set<number>();

/**
 * A free port that no other kernel of this process gets. Another program may still take it before the kernel does,
 * so a start is retried.
 */
async function reservePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...portRange);
    if (reserved.has(port)) continue;
    reserved.add(port);
    if (await isFree(port)) return port;
    reserved.delete(port);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
