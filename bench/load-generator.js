// Asks a server for pages as a program of its own, so that it does not share a thread with what is
// measured: `node load-generator.js '{"url": …}'` prints one line of JSON.

import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {{
 *   url: string,
 *   paths: string[],
 *   connections: number,
 *   count: number,
 *   rate?: number,
 * }} Plan `count` requests in all over so many connections, as fast as they go, or `rate` a second
 * whether or not the answers keep up.
 */

/** @type {Plan} */
const plan = JSON.parse(process.argv[2] ?? '{}');
const { hostname, port } = new URL(plan.url);
const requests = plan.paths.map((path) =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`),
);

let asked = 0;
let failed = 0;
/** @type {number[]} */
const latencies = [];

/** One connection that is asked one thing at a time. */
function open() {
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  /** @type {((ok: boolean) => void) | undefined} */
  let answered;
  let missing = -1;
  let head = '';
  socket.on('data', (chunk) => {
    let rest = chunk.length;
    if (missing < 0) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      missing = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (!head.startsWith('HTTP/1.1 200')) failed += 1;
      rest = head.length - end - 4;
      head = '';
    }
    missing -= rest;
    if (missing > 0) return;
    missing = -1;
    const settle = answered;
    answered = undefined;
    settle?.(true);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (answered === undefined) return;
    failed += 1;
    answered(false);
  });
  return {
    /** @returns {Promise<boolean>} */
    ask() {
      return new Promise((resolve) => {
        answered = resolve;
        socket.write(requests[asked % requests.length] ?? '');
        asked += 1;
      });
    },
    close: () => socket.destroy(),
  };
}

const connections = Array.from({ length: plan.connections }, open);
const start = performance.now();

async function asFastAsTheyGo() {
  await Promise.all(
    connections.map(async (connection) => {
      while (asked < plan.count && (await connection.ask()));
    }),
  );
}

/** @param {number} rate */
async function atRate(rate) {
  const free = [...connections];
  /** @type {number[]} */
  const waiting = [];
  /** @param {number} due */
  const send = (due) => {
    const connection = free.shift();
    if (connection === undefined) {
      waiting.push(due);
      return;
    }
    void connection.ask().then(() => {
      // From when it was due, not from when a connection was free: a server that stalls is not spared.
      latencies.push(performance.now() - due);
      free.push(connection);
      const next = waiting.shift();
      if (next !== undefined) send(next);
    });
  };
  for (let sent = 0; sent < plan.count;) {
    const due = start + (sent * 1000) / rate;
    if (performance.now() >= due) {
      send(due);
      sent += 1;
    } else {
      await sleep(1);
    }
  }
  while (latencies.length < plan.count) await sleep(5);
}

await (plan.rate === undefined ? asFastAsTheyGo() : atRate(plan.rate));
const seconds = (performance.now() - start) / 1000;
for (const connection of connections) connection.close();
latencies.sort((a, b) => a - b);
const at = (/** @type {number} */ share) => latencies[Math.floor(share * (latencies.length - 1))];
console.log(JSON.stringify({ rate: asked / seconds, failed, median: at(0.5), p99: at(0.99) }));
