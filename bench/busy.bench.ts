import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/database.js';
import {
  addPipelineHistory,
  churnNotebook,
  code,
  display,
  notebookOf,
  prose,
  publish,
} from '../test/server/published.js';
import { repetitions } from '../test/server/rendering/token-contexts.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const kilobytes = 1024;

/** A text of two tokens, as `npm run bench -- hostile` found the dearest. */
const text = (first: string, second: string, length: number) =>
  repetitions([first, second], length * kilobytes)[0] ?? '';

/** What takes the most of each kind, many times over. */
const hostile = {
  'HTML of two million elements': notebookOf([
    code('x', [display({ 'text/html': '<i>a</i>'.repeat(2_000_000) })]),
  ]),
  'a text of 30 MB': notebookOf([
    code('x', [{ output_type: 'stream', name: 'stdout', text: 'é\u001b[1m1 '.repeat(3_000_000) }]),
  ]),
  markdown: notebookOf(Array.from({ length: 100 }, () => prose(text(')', '\n\n', 2)))),
  LaTeX: notebookOf(
    Array.from({ length: 50 }, () => code('x', [display({ 'text/latex': text('a', '\n', 8) })])),
  ),
  diagrams: notebookOf(
    Array.from({ length: 40 }, () =>
      prose(`\`\`\`mermaid\n${text('subgraph a\n', 'end\n', 2)}\n\`\`\``),
    ),
  ),
  'code in yaml': notebookOf(
    Array.from({ length: 50 }, () => prose(`\`\`\`yaml\n${text('\n', '`', 8)}\n\`\`\``)),
  ),
};

let database: TestDatabase;
let folder: string;
let daybook: ChildProcess;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  await addPipelineHistory(database.owner);
  await publish(database.owner, 'churn', churnNotebook, { title: 'Churn' });
  const probe = ['--import', join(root, 'bench/stall-probe.js')];
  daybook = spawn(process.execPath, [...probe, 'bin/daybook.js', 'serve', '--port', '0'], {
    cwd: root,
    env: {
      ...process.env,
      BENCH_STALL_FILE: stalls(),
      DATABASE_URL: database.ownerUrl,
      DAYBOOK_READER_URL: database.readerUrl,
      DAYBOOK_HOME: folder,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  url = await new Promise((resolve) => {
    daybook.stdout?.on('data', (chunk: Buffer) => {
      const found = /http:\/\/\S+/.exec(chunk.toString());
      if (found !== null) resolve(found[0]);
    });
  });
});

function stalls(): string {
  return join(folder, 'stalls.txt');
}

/** The longest that the server's thread was busy with one thing since a moment, in milliseconds of processor time. */
function longestStall(since: number): number {
  const found = readFileSync(stalls(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
    .filter(([at = 0]) => at >= since)
    .map(([, milliseconds = 0]) => milliseconds);
  return Math.max(0, ...found);
}

afterAll(async () => {
  const gone = new Promise((resolve) => daybook.once('close', resolve));
  daybook.kill('SIGTERM');
  await gone;
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks for a path and reads all of the answer; how long that took, in milliseconds. */
function ask(path: string): Promise<number> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    request(url + path, (response) => {
      response
        .on('data', () => undefined)
        .on('end', () => {
          resolve(performance.now() - start);
        });
    })
      .on('error', reject)
      .end();
  });
}

/** Reads a page that was published a moment ago: the server looks for it once a second. */
async function untilFound(path: string): Promise<void> {
  for (;;) {
    const response = await fetch(url + path);
    await response.arrayBuffer();
    if (response.status !== 404) return;
    await sleep(25);
  }
}

const paths = ['/healthz', '/', '/notebooks/churn', '/pipeline', '/data', '/status.json'];

/** Asks for each path by turns, one each 25 ms whether or not the answers keep up, until something is over. */
async function askUntil(isOver: () => boolean): Promise<Map<string, number[]>> {
  const found = new Map(paths.map((path) => [path, [] as number[]]));
  const asked: Promise<void>[] = [];
  for (let turn = 0; !isOver(); turn += 1) {
    const path = paths[turn % paths.length] ?? '';
    asked.push(
      ask(path).then((milliseconds) => {
        found.get(path)?.push(milliseconds);
      }),
    );
    await sleep(25);
  }
  await Promise.all(asked);
  return found;
}

test('answers while the worst is rendered', async () => {
  for (const path of paths) await ask(path);
  let rounds = 0;
  const quiet = await askUntil(() => (rounds += 1) > 400);
  const names = Object.entries(hostile);
  for (const [index, [title, document]] of names.entries()) {
    await publish(database.owner, `hostile-${index}`, document, { title });
  }
  const since = Date.now();
  let left = names.length;
  for (const index of names.keys()) {
    void untilFound(`/notebooks/hostile-${index}`).then(() => {
      left -= 1;
    });
  }
  const busy = await askUntil(() => left === 0);
  const at = (values: readonly number[] = [], part: number) => {
    const sorted = values.toSorted((one, other) => one - other);
    return `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(0)} ms`;
  };
  await reportTable('busy', {
    title: 'Answers while the worst is rendered',
    method: `Six notebooks are asked for at once that take all the time that their pieces may: ${names.map(([name]) => name).join(', ')}. Meanwhile other pages are asked for, one each 25 ms, whether or not the answers keep up, over new connections; from asking to the last byte, as the reader sees it. First as many without that load. The server’s own thread was at one thing for at most ${longestStall(since).toFixed(0)} ms of processor time; what is above that, other processes took of the same two cores.`,
    columns: ['page', 'median, quiet', 'p99, quiet', 'answers', 'median', 'p90', 'p99', 'longest'],
    rows: paths.map((path) => {
      const [before, values] = [quiet.get(path), busy.get(path)];
      return [
        ...[path, at(before, 0.5), at(before, 0.99), String(values?.length ?? 0)],
        ...[at(values, 0.5), at(values, 0.9), at(values, 0.99), at(values, 1)],
      ];
    }),
  });
}, 600_000);
