import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { test } from 'vitest';
import { prepareLogs } from '../sample-logs/generate-logs.js';
import { startEmbedded, stopEmbedded } from '../src/warehouse/embedded/server.js';
import { byTurns, runProcess, spread } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const rounds = 3;
/** What the store of the tests takes as one object, in bytes. */
const mostBytes = 10_000_000;
/** Copies of the logs of each month, as many as fit. */
const files = 12;

/** The store in a process of its own, as it would be on a machine of its own. */
const program = `
const { startFauxqs } = await import('fauxqs');
const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
console.log(server.port);`;

test('lines of objects and of the same files in a folder', async () => {
  const work = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  const url = (await startEmbedded(join(work, 'home'))).ownerUrl;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: root });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const endpoint = `http://127.0.0.1:${port.toString().trim()}`;
  const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: 'logs' }));
    const sample = join(work, 'sample');
    mkdirSync(sample);
    await prepareLogs()(sample);
    const names = readdirSync(sample).filter((name) => name.endsWith('.log'));
    const text = names.map((name) => readFileSync(join(sample, name), 'utf8')).join('');
    const lines = text.split('\n').slice(0, -1);
    const declared = readFileSync(join(root, 'sql/sources/log_event.yaml'), 'utf8');
    const declare = (folder: string, pattern: string): void => {
      mkdirSync(join(work, folder, 'sql/sources'), { recursive: true });
      mkdirSync(join(work, folder, 'data'));
      cpSync(join(root, 'package.json'), join(work, folder, 'package.json'));
      const yaml = declared.replace(/^files:[^\]]*\]/m, `files: ['${pattern}']`);
      writeFileSync(join(work, folder, 'sql/sources/log_event.yaml'), yaml);
    };
    declare('folder', '*.log');
    declare('objects', 's3://logs/in/*.log');
    let count = 0;
    for (let file = 0; file < files; file += 1) {
      const own: string[] = [];
      let bytes = 0;
      for (let at = file; bytes < mostBytes; at += 1) {
        const line = `${lines[at % lines.length] ?? ''}\n`;
        bytes += Buffer.byteLength(line);
        own.push(line);
      }
      count += own.length;
      const content = Buffer.from(own.join(''));
      writeFileSync(join(work, 'folder/data', `${file}.log`), content);
      const Key = `in/${file}.log`;
      await client.send(new PutObjectCommand({ Bucket: 'logs', Key, Body: content }));
    }
    const failed: string[] = [];
    const load = (folder: string) => async () => {
      const command = ['pipeline', 'run', '--only-load', '--full-refresh', '--allow-removal'];
      const { exitCode, output } = await runProcess(
        process.execPath,
        [join(root, 'bin/daybook.js'), ...command, '--max-rejects', '100%'],
        {
          cwd: join(work, folder),
          env: { ...process.env, ...keys, DATABASE_URL: url, AWS_ENDPOINT_URL_S3: endpoint },
        },
      );
      if (exitCode !== 0) failed.push(output);
    };
    // What the other way has loaded is taken out by each, so all rounds begin alike but the first.
    await load('objects')();
    const ways = { folder: load('folder'), store: load('objects') };
    const times = await byTurns(ways, rounds);
    if (failed.length > 0) throw new Error(failed.join('\n'));
    const folder = spread(times.folder).median;
    await reportTable('object-store', {
      title: 'Loading from an object store',
      method: `${count.toLocaleString('en')} lines in ${files} objects of 10 MB, in a store on loopback (fauxqs, a process of its own on the same processors), against the same files in a folder; whole processes by turns, ${rounds} rounds. Each load also takes out what the other has loaded. Must be at most 1.2, aim 1.05.`,
      columns: ['way', 'median', 'range', 'to the folder'],
      rows: Object.entries(times).map(([way, values]) => {
        const { min, median, max } = spread(values);
        const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
        return [
          `from the ${way}`,
          seconds(median),
          `${seconds(min)}–${seconds(max)}`,
          (median / folder).toFixed(2),
        ];
      }),
    });
  } finally {
    client.destroy();
    child.kill();
    await stopEmbedded(join(work, 'home'));
    rmSync(work, { recursive: true, force: true });
  }
});
