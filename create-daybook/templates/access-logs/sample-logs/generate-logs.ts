import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleFile, SampleLogs } from 'daybook/config';

/** The first day that the logs are of. */
const firstDay = Date.UTC(2026, 2, 1);
const dayMs = 86_400_000;

/** Access logs of an invented web site: `daybook sample-data`, `npm test` and a first start make them. */
export const sampleLogs: SampleLogs = {
  usage: '[--days N] [--seed S]',
  description: `Writes access logs of an invented web site: a file a day in the combined format, and one of JSON
lines, as the service behind it writes them. The same options give the same bytes on every machine.`,
  options: {
    days: { placeholder: 'N', help: 'Days from March 2026 on (default 28)' },
    seed: { placeholder: 'S', help: 'Another number gives other requests (default 1)' },
  },
  prepare: ({ days = '28', seed = '1' }) => {
    const count = wholeNumber('days', days, 1, 366);
    const random = randomNumbers(wholeNumber('seed', seed, 1, 2 ** 31 - 2));
    return async (folder, signal) => {
      const files: SampleFile[] = [];
      const json: string[] = [];
      for (let day = 0; day < count; day++) {
        signal?.throwIfAborted();
        const requests = requestsOf(firstDay + day * dayMs, random);
        const date = new Date(firstDay + day * dayMs).toISOString().slice(0, 10);
        const [api, pages] = [requests.filter(isApi), requests.filter((one) => !isApi(one))];
        files.push(await writeLines(folder, `access.log-${date}`, pages.map(combinedLine)));
        json.push(...api.map(jsonLine));
      }
      files.push(await writeLines(folder, 'api-access.jsonl', json));
      return files;
    };
  },
};

interface Request {
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  /** In milliseconds. */
  readonly duration: number;
}

const paths = [
  '/',
  '/',
  '/',
  '/pricing',
  '/docs',
  '/docs/start',
  '/blog',
  '/style.css',
  '/logo.svg',
];
const apiPaths = ['/api/items', '/api/items?page=2', '/api/search?q=tea', '/api/orders'];

/** A day of requests in their order: fewer at night and on Sundays, more with each week. */
function requestsOf(day: number, random: () => number): Request[] {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const week = (day - firstDay) / (7 * dayMs);
  const isSunday = new Date(day).getUTCDay() === 0;
  const count = Math.round((isSunday ? 60 : 110) * (1 + week / 10) * (0.85 + random() * 0.3));
  return Array.from({ length: count }, () => {
    const isApi = random() < 0.3;
    const chance = random();
    return {
      at: day + Math.floor((0.25 + 0.7 * Math.sqrt(random())) * dayMs),
      host: `192.0.2.${1 + Math.floor(random() ** 2 * 120)}`,
      method: isApi && random() < 0.2 ? 'POST' : 'GET',
      path: pick(isApi ? apiPaths : paths),
      status: chance < 0.02 ? 503 : chance < 0.06 ? 404 : chance < 0.12 ? 304 : 200,
      bytes: Math.round(400 + random() * 9000),
      duration: Math.round((5 + 80 * random() ** 4) * 10) / 10,
    };
  }).sort((a, b) => a.at - b.at);
}

function isApi({ path }: Request): boolean {
  return path.startsWith('/api/');
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function combinedLine({ at, host, method, path, status, bytes }: Request): string {
  const [year = '', month = '', day = ''] = new Date(at).toISOString().slice(0, 10).split('-');
  const time = `${day}/${months[Number(month) - 1] ?? ''}/${year}:${new Date(at).toISOString().slice(11, 19)} +0000`;
  const size = status === 304 ? '-' : String(bytes);
  return `${host} - - [${time}] "${method} ${path} HTTP/1.1" ${status} ${size} "-" "Mozilla/5.0"`;
}

function jsonLine({ at, host, method, path, status, bytes, duration }: Request): string {
  return JSON.stringify({
    time: new Date(at).toISOString(),
    client: { address: host },
    request: { method, path },
    status,
    bytes: status === 304 ? null : bytes,
    duration_ms: duration,
  });
}

async function writeLines(folder: string, name: string, lines: string[]): Promise<SampleFile> {
  const text = lines.map((line) => `${line}\n`).join('');
  await writeFile(join(folder, name), text);
  return { name, bytes: text.length, lines: lines.length };
}

/** Lehmer's generator: the same numbers everywhere, from 0 to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be a whole number from ${least} to ${most}`);
}
