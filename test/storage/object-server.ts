import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client, CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';
import type { StorageConfig } from '../../src/config/declarations/storage-config.js';

/** Does something else with a request than handing it on; false: hands it on. */
export type Disturbance = (
  asked: IncomingMessage,
  answer: ServerResponse,
  pass: (onAnswer?: (from: IncomingMessage) => void) => void,
) => boolean;

/** A store of another author, with a proxy before it that remembers requests and disturbs them. */
export interface ObjectServer {
  readonly store: StorageConfig;
  /** Requests since the last look, like `GET /logs/a.log bytes=0-9`, without queries. */
  requests(): string[];
  /** Applies to every request from now on. Default: none. */
  disturb(disturbance?: Disturbance): void;
  /** `Cache-Control` as it was given with the object at a path; the store itself forgets it. */
  cacheControlOf(path: string): string | undefined;
  put(address: string, content: string | Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Starts a store on a free port of loopback, with buckets. */
export async function startObjectServer(...buckets: readonly string[]): Promise<ObjectServer> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  let seen: string[] = [];
  const given = new Map<string, string | undefined>();
  let disturbed: Disturbance | undefined;
  const proxy = createServer((asked, answer) => {
    const { method = '', url = '', headers } = asked;
    if (method === 'PUT') given.set(url.split('?', 1)[0] ?? '', headers['cache-control']);
    seen.push([method, url.split('?', 1)[0], headers.range].filter(Boolean).join(' '));
    const pass = (onAnswer?: (from: IncomingMessage) => void): void => {
      const to = { host: '127.0.0.1', port: server.port, method, path: url, headers };
      const passed = request(to, (from) => {
        answer.writeHead(from.statusCode ?? 500, from.headers);
        if (onAnswer === undefined) from.pipe(answer);
        else onAnswer(from);
      });
      passed.on('error', () => {
        answer.destroy();
      });
      asked.pipe(passed);
    };
    if (disturbed?.(asked, answer, pass) !== true) pass();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const store: StorageConfig = {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    region: undefined,
    forcePathStyle: true,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    profile: undefined,
  };
  const { credentials = { accessKeyId: '', secretAccessKey: '' } } = store;
  const client = new S3Client({
    ...{ region: 'us-east-1', endpoint: `http://127.0.0.1:${server.port}`, forcePathStyle: true },
    credentials,
  });
  for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  return {
    store,
    requests: () => {
      const since = seen;
      seen = [];
      return since;
    },
    disturb: (disturbance) => {
      disturbed = disturbance;
    },
    cacheControlOf: (path) => given.get(path),
    put: async (address, content) => {
      const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(address) ?? [];
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(content) }));
    },
    close: async () => {
      client.destroy();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await server.stop();
    },
  };
}
