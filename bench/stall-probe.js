// Loaded into a server with --import: notes how long the main thread did not look for anything new, in
// processor time of the whole process, so that other programs on the machine do not count.

import { appendFileSync } from 'node:fs';
import { setInterval } from 'node:timers';

const file = process.env['BENCH_STALL_FILE'] ?? '';

let last = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(last);
  last = process.cpuUsage();
  const milliseconds = (user + system) / 1000;
  if (milliseconds > 10) appendFileSync(file, `${Date.now()} ${milliseconds.toFixed(1)}\n`);
}, 2).unref();
