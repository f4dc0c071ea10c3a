import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startLabServer, type LabServer, type LabServerOptions } from '../../src/lab/lab-server.js';

/** A server on a workspace of its own. */
export interface TestLab extends LabServer {
  /** The folder that holds the workspace and things outside of it. */
  readonly folder: string;
  readonly workspace: string;
  /** Asks the API as the token's owner; the answer's JSON, or undefined when it is empty. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }>;
  /** One request exactly as written: no path is normalized, no header added but Host. */
  raw(options: RawRequest): Promise<RawAnswer>;
}

export interface RawRequest {
  method?: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  /** Sent in one piece, or without a length in several. */
  body?: string | readonly Buffer[];
}

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A server that ends with its test. */
export async function startTestLab(options: Partial<LabServerOptions> = {}): Promise<TestLab> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'daybook-lab-')));
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const server = await startLabServer({
    root: workspace,
    stateFolder: join(folder, 'state'),
    env: { ...process.env, JUPYTER_PATH: '', JUPYTER_DATA_DIR: join(folder, 'jupyter') },
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const port = Number(new URL(server.url()).port);
  const raw = ({ method = 'GET', path, headers = {}, body = '' }: RawRequest) =>
    new Promise<RawAnswer>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
        });
      });
      sent.on('error', reject);
      if (typeof body === 'string') {
        sent.end(body);
      } else {
        for (const part of body) sent.write(part);
        sent.end();
      }
    });
  return {
    ...server,
    folder,
    workspace,
    raw,
    async api(method, path, body) {
      const { status, body: text } = await raw({
        method,
        path,
        headers: { authorization: `token ${server.token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
    },
  };
}
