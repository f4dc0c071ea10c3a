import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, test } from 'vitest';
import { notebookDocument } from '../src/server/site/notebooks/notebook-document.js';
import { allPieces } from '../src/server/rendering/pieces.js';
import { renderNotebook, type NotebookJob } from '../src/server/rendering/rendered-notebook.js';
import { createTestDatabase, type TestDatabase } from '../test/database.js';
import {
  churnNotebook,
  code,
  display,
  notebookOf,
  prose,
  publish,
} from '../test/server/published.js';
import { processorSeconds, runProcess, spread } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const rounds = 5;

/** `BENCH_LIGHTHOUSE` names Lighthouse's command; it looks for its browser at `CHROME_PATH`. */
const lighthouse = process.env['BENCH_LIGHTHOUSE'];

/** `BENCH_LONG=1` asks a million times; the daily run a tenth of that. */
const manyRequests = process.env['BENCH_LONG'] === '1' ? 1_000_000 : 100_000;

let database: TestDatabase;
let folder: string;
let daybook: ChildProcess;
let url: string;
const started: ChildProcess[] = [];

/** A page of about 40 kB: prose in many paragraphs. */
const longNotebook = notebookOf(
  Array.from({ length: 45 }, (_, index) =>
    prose(`## Part ${index}\n\n${'The quick brown fox jumps over the lazy dog. '.repeat(12)}`),
  ),
);

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  // The worker of an nginx that root starts is another user.
  chmodSync(folder, 0o755);
  await publish(database.owner, 'long', longNotebook, { title: 'Long' });
  await publish(database.owner, 'churn', churnNotebook, { title: 'Churn' });
  const probe = ['--expose-gc', '--import', join(root, 'bench/memory-probe.js')];
  daybook = spawn(process.execPath, [...probe, 'bin/daybook.js', 'serve', '--port', '0'], {
    cwd: root,
    env: {
      ...process.env,
      BENCH_MEMORY_FILE: memoryFile(),
      DATABASE_URL: database.ownerUrl,
      DAYBOOK_READER_URL: database.readerUrl,
      DAYBOOK_HOME: folder,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(daybook);
  url = await new Promise((resolve) => {
    daybook.stdout?.on('data', (chunk: Buffer) => {
      const found = /http:\/\/\S+/.exec(chunk.toString());
      if (found !== null) resolve(found[0]);
    });
  });
});

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode !== null) continue;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await gone;
  }
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

interface Load {
  readonly rate: number;
  readonly failed: number;
  readonly median: number;
  readonly p99: number;
}

async function load(plan: {
  url: string;
  paths: readonly string[];
  connections: number;
  count: number;
  rate?: number;
}): Promise<Load> {
  const generator = join(import.meta.dirname, 'load-generator.js');
  const { output } = await runProcess(process.execPath, [generator, JSON.stringify(plan)]);
  return JSON.parse(output) as Load;
}

async function isInstalled(name: string, versionOption: string): Promise<boolean> {
  const found = await runProcess(name, [versionOption]).catch(() => undefined);
  return found !== undefined;
}

/** A server that sends the page. */
interface Server {
  readonly pid: number;
  readonly address: string;
}

/** What one round of asking gave. */
interface Round {
  readonly rate: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly cost: number;
}

/** Asks for some seconds: by wrk where it is installed, which costs less than a program in Node. */
async function askMuch({ pid, address }: Server, hasWrk: boolean): Promise<Round> {
  const before = processorSeconds(pid);
  const { rate, count } = hasWrk ? await askByWrk(address) : await askByNode(address);
  return { rate, cost: ((processorSeconds(pid) - before) / count) * 1e6 };
}

async function askByWrk(address: string): Promise<{ rate: number; count: number }> {
  const { output } = await runProcess('wrk', ['-t1', '-c32', '-d4s', address]);
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1]);
  return { rate: number(/Requests\/sec:\s+([\d.]+)/), count: number(/(\d+) requests in/) };
}

async function askByNode(address: string): Promise<{ rate: number; count: number }> {
  const { origin, pathname } = new URL(address);
  const count = 20_000;
  const { rate } = await load({ url: origin, paths: [pathname], connections: 32, count });
  return { rate, count };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** nginx with one worker that serves a page as a file. */
async function startNginx(page: string): Promise<Server> {
  const port = await freePort();
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www', 'page.html'), page);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 1024; }
    http { access_log off; sendfile on; keepalive_requests 100000000; ${temporary}
      types { text/html html; }
      server { listen 127.0.0.1:${port}; root ${folder}/www; } }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  started.push(child);
  return answering(child, `http://127.0.0.1:${port}/page.html`);
}

/** Node's own server with nothing but the bytes. */
async function startBareNode(page: string): Promise<Server> {
  const port = await freePort();
  const file = join(folder, 'bare.html');
  writeFileSync(file, page);
  const program = `const page = require('node:fs').readFileSync(${JSON.stringify(file)});
    require('node:http').createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Content-Length', page.length);
      response.end(page);
    }).listen(${port}, '127.0.0.1');`;
  const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
  started.push(child);
  return answering(child, `http://127.0.0.1:${port}/page.html`);
}

/** A server once it answers. */
async function answering({ pid = 0 }: ChildProcess, address: string): Promise<Server> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok === true) return { pid, address };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${address} does not answer`);
}

test('throughput', async () => {
  const page = await (await fetch(`${url}/notebooks/long`)).text();
  const hasWrk = await isInstalled('wrk', '-v');
  const hasNginx = await isInstalled('nginx', '-v');
  const servers: Record<string, Server> = {
    ...(hasNginx ? { 'nginx, one worker': await startNginx(page) } : {}),
    'node:http alone': await startBareNode(page),
    daybook: { pid: daybook.pid ?? 0, address: `${url}/notebooks/long` },
  };
  const all: Record<string, Round[]> = {};
  // The first round is for compilers and caches, and not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, server] of Object.entries(servers)) {
      const found = await askMuch(server, hasWrk);
      if (round > 0) (all[name] ??= []).push(found);
    }
  }
  const rates = Object.fromEntries(
    Object.entries(all).map(([name, found]) => [name, spread(found.map(({ rate }) => rate))]),
  );
  const costs = Object.fromEntries(
    Object.entries(all).map(([name, found]) => [name, spread(found.map(({ cost }) => cost))]),
  );
  const nginx = 'nginx, one worker';
  await reportTable('dashboard-throughput', {
    title: 'The dashboard: cached pages a second',
    method: `One page of ${(page.length / 1000).toFixed(0)} kB, not compressed, over 32 connections that are kept, on one machine with ${hasWrk ? 'wrk' : 'a load generator in Node'}; medians of ${rounds} rounds by turns after one that is not counted, with the least and the most. Processor time is that of the server's own processes for one request; its ratios are of requests for the same processor time, which other programs on the machine change little.`,
    columns: [
      'server',
      'requests a second',
      'to nginx',
      'to node:http',
      'processor time',
      'to nginx',
      'to node:http',
    ],
    rows: Object.entries(rates).map(([name, rate]) => {
      const cost = costs[name]?.median ?? Number.NaN;
      return [
        name,
        `${rate.median.toFixed(0)} (${rate.min.toFixed(0)}–${rate.max.toFixed(0)})`,
        ratio(rate.median, rates[nginx]?.median),
        ratio(rate.median, rates['node:http alone']?.median),
        `${cost.toFixed(1)} µs`,
        ratio(1 / cost, 1 / (costs[nginx]?.median ?? Number.NaN)),
        ratio(1 / cost, 1 / (costs['node:http alone']?.median ?? Number.NaN)),
      ];
    }),
    leftOut: [...(hasNginx ? [] : ['nginx']), ...(hasWrk ? [] : ['wrk'])],
  });
});

function ratio(value: number, peer: number | undefined): string {
  return peer === undefined || Number.isNaN(peer) ? '–' : (value / peer).toFixed(2);
}

test('latency and memory', async () => {
  const paths = ['/', '/notebooks/long', '/notebooks/churn', '/pipeline', '/data', '/status.json'];
  const even = await load({
    url,
    paths: ['/notebooks/long'],
    connections: 64,
    count: 5000,
    rate: 500,
  });
  const after = async (count: number) => {
    const { failed } = await load({ url, paths, connections: 16, count });
    return { failed, memory: await settledMemory() };
  };
  const few = await after(10_000);
  const many = await after(manyRequests - 10_000);
  await reportTable('dashboard-latency', {
    title: 'The dashboard: latency and memory',
    method:
      'Latency from when a request was due, 500 a second for 10 seconds whether or not answers keep up. Memory is the resident set of the one server process once its garbage is collected, over six pages by turns; the heap is what its objects take then.',
    columns: ['figure', 'measured'],
    rows: [
      ['median at 500 a second', `${even.median.toFixed(1)} ms`],
      ['p99 at 500 a second', `${even.p99.toFixed(1)} ms`],
      ['failed requests', String(even.failed + few.failed + many.failed)],
      ['memory after 10,000 requests', memoryWords(few.memory)],
      [`memory after ${manyRequests.toLocaleString('en')}`, memoryWords(many.memory)],
      ['growth of memory', (many.memory.rss / few.memory.rss).toFixed(2)],
      ['growth of the heap', (many.memory.heapUsed / few.memory.heapUsed).toFixed(2)],
    ],
  });
});

/** Where the server writes its memory when it is asked to. */
function memoryFile(): string {
  return join(folder, 'memory.json');
}

/** The server's memory once its garbage is collected, in bytes. */
async function settledMemory(): Promise<NodeJS.MemoryUsage> {
  rmSync(memoryFile(), { force: true });
  daybook.kill('SIGUSR2');
  for (;;) {
    await sleep(50);
    const text = existsSync(memoryFile()) ? readFileSync(memoryFile(), 'utf8') : '';
    if (text.endsWith('}')) return JSON.parse(text) as NodeJS.MemoryUsage;
  }
}

function memoryWords({ rss, heapUsed }: NodeJS.MemoryUsage): string {
  return `${(rss / 1e6).toFixed(0)} MB, heap ${(heapUsed / 1e6).toFixed(1)} MB`;
}

test('weight and rendering', async () => {
  const gzipOf = async (path: string) =>
    gzipSync(Buffer.from(await (await fetch(url + path)).arrayBuffer())).length;
  const html = await (await fetch(`${url}/notebooks/churn`)).text();
  const assets = [...html.matchAll(/(?:src|href|data-plotly)="(\/assets\/[^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  const weights = new Map<string, number>();
  for (const path of assets) weights.set(path, await gzipOf(path));
  const page = gzipSync(html).length;
  const css = sum([...weights].filter(([path]) => path.endsWith('.css')));
  const big = bigNotebook();
  const bytes = JSON.stringify(big).length;
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage();
    // As the bytes that would be sent: a text that V8 has not put together yet would cost nothing.
    Buffer.from(await render(big));
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  await reportTable('dashboard-weight', {
    title: 'The dashboard: weight and rendering',
    method: `The churn notebook's page as served, gzip; a notebook of ${big.cells.length} cells and ${(bytes / 1e6).toFixed(1)} MB from its parsed JSON to the bytes of its HTML, processor time, median of 5.`,
    columns: ['figure', 'measured'],
    rows: [
      ['HTML and style sheet', `${((page + css) / 1000).toFixed(1)} kB`],
      [
        'all bytes to the first interactive chart',
        `${((page + sum([...weights])) / 1000).toFixed(0)} kB`,
      ],
      ['render of the large notebook', `${spread(times).median.toFixed(0)} ms`],
    ],
  });
});

const categories = ['performance', 'accessibility', 'best-practices'] as const;

interface LighthouseReport {
  readonly categories: Readonly<
    Record<
      string,
      { score: number; auditRefs: readonly { id: string; weight: number }[] } | undefined
    >
  >;
  readonly audits: Readonly<Record<string, { score: number | null; title: string }>>;
}

/** What Lighthouse says of a page, of 100, and what costs points. */
async function audit(page: string, preset: 'mobile' | 'desktop'): Promise<string[]> {
  const file = join(folder, 'lighthouse.json');
  await runProcess(lighthouse ?? '', [
    url + page,
    `--only-categories=${categories.join(',')}`,
    '--chrome-flags=--headless --no-sandbox --disable-gpu',
    ...['--output=json', `--output-path=${file}`, '--quiet'],
    ...(preset === 'desktop' ? ['--preset=desktop'] : []),
  ]);
  const report = JSON.parse(readFileSync(file, 'utf8')) as LighthouseReport;
  const found = categories.map((name) => report.categories[name]);
  const lacking = found
    .flatMap((category) => category?.auditRefs ?? [])
    .filter(({ id, weight }) => weight > 0 && (report.audits[id]?.score ?? 1) < 0.9)
    .map(({ id }) => id);
  const scores = found.map((category) => String(Math.round((category?.score ?? 0) * 100)));
  return [page, preset, ...scores, lacking.join(', ')];
}

// Without it the earlier table stays.
test.runIf(lighthouse !== undefined)('lighthouse', async () => {
  const rows: string[][] = [];
  for (const page of ['/', '/notebooks/churn', '/notebooks/long', '/pipeline', '/data']) {
    for (const preset of ['mobile', 'desktop'] as const) {
      rows.push(await audit(page, preset));
    }
  }
  await reportTable('dashboard-lighthouse', {
    title: 'The dashboard: Lighthouse',
    method: 'Points of 100, by Lighthouse in headless Chromium, with what costs some of them.',
    columns: ['page', 'preset', ...categories, 'below 90'],
    rows,
  });
});

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, size]) => total + size, 0);
}

/** 200 cells with 5 MB of outputs: prose, tables, charts, text. */
function bigNotebook() {
  const rows = Array.from(
    { length: 120 },
    (_, row) => `<tr><td>row ${row}</td>${'<td>12,345.67</td>'.repeat(8)}</tr>`,
  ).join('');
  const x = Array.from({ length: 400 }, (_, index) => index);
  const kinds = [
    () => prose('## Part\n\nSome *prose* with `code`, [a link](#part) and a list:\n\n- one\n- two'),
    () => code('table()', [display({ 'text/html': `<table><tbody>${rows}</tbody></table>` })]),
    () =>
      code('plot()', [
        display({
          'application/vnd.plotly.v1+json': {
            data: [0, 1, 2, 3].map((shift) => ({
              type: 'scatter',
              x,
              y: x.map((value) => Math.round(Math.sin(value + shift) * 1e6) / 1e6),
            })),
            layout: {},
          },
        }),
      ]),
    () =>
      code('print()', [
        {
          output_type: 'stream',
          name: 'stdout',
          text: 'a line of a log that is printed\n'.repeat(1900),
        },
      ]),
  ];
  return notebookOf(Array.from({ length: 200 }, (_, index) => kinds[index % kinds.length]!()));
}

async function render(notebook: ReturnType<typeof bigNotebook>): Promise<string> {
  const run = {
    runId: '1',
    status: 'passed' as const,
    error: undefined,
    codeVersion: undefined,
    pipelineRunId: undefined,
    dataThrough: undefined,
    timeZone: undefined,
    startedAt: '2026-11-22T12:00:00Z',
    finishedAt: '2026-11-22T12:00:04Z',
  };
  const dashboardNotebook = {
    slug: 'big',
    title: 'Big',
    summary: '',
    group: '',
    shown: run,
    latest: run,
    newerPipelineRunId: undefined,
  };
  const job: NotebookJob = {
    kind: 'notebook',
    ...{ document: [Buffer.from(JSON.stringify(notebook))], name: 'big', slug: 'big' },
    ...{ runId: '1', slugs: [], schemas: [], queries: [], hasEmbeds: false },
  };
  const page = await renderNotebook(job, allPieces);
  const view = {
    notebook: dashboardNotebook,
    run,
    page,
    runs: [],
    namesRun: false,
    showsCode: false,
  };
  const frame = { resources: { head: [], scripts: [] }, notebooks: [], path: '' };
  return notebookDocument(view, frame, 'America/Toronto');
}
