import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * How to reach a kernel, in the names of the connection file
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
  /** What messages are signed with; empty: not signed. */
  readonly key: string;
  readonly signature_scheme: 'hmac-sha256';
}

/** The channels by the name that their port has in the connection file. */
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
  /** Deletes the file; it holds the key. */
  remove(): Promise<void>;
}

/**
 * Writes a connection file with five free ports of the loopback address and a new key. Only its owner
 * may read it (0600): who has the key can run code in the kernel.
 *
 * @param folder - Where to put it. Default: the system's folder for temporary files.
 */
export async function createConnectionFile(folder = tmpdir()): Promise<ConnectionFile> {
  const [shell, iopub, stdin, control, hb] = await freePorts();
  const info: ConnectionInfo = {
    transport: 'tcp',
    ip: '127.0.0.1',
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: hb,
    key: randomUUID(),
    signature_scheme: 'hmac-sha256',
  };
  const path = join(folder, `daybook-kernel-${randomUUID()}.json`);
  await writeFile(path, JSON.stringify(info, undefined, 1), { mode: 0o600, flag: 'wx' });
  return { path, info, remove: () => rm(path, { force: true }) };
}

type FivePorts = [number, number, number, number, number];

/**
 * Five ports that were free a moment ago. All are held at once, so they differ; between letting go
 * and the kernel's bind another program may take one, which is why a start is tried again.
 */
async function freePorts(): Promise<FivePorts> {
  const servers = await Promise.all(Array.from({ length: 5 }, listen));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports as FivePorts;
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      resolve(server);
    });
  });
}
