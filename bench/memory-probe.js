// Loaded into a server with `node --expose-gc --import`: on SIGUSR2 it collects its garbage and writes
// what memory it still has to the file in BENCH_MEMORY_FILE. Resident memory at any moment says more of
// when the collector ran last than of what the program keeps.

import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

process.on('SIGUSR2', async () => {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    // What a collection frees outside the heap is freed a little later.
    await sleep(200);
  }
  const file = process.env['BENCH_MEMORY_FILE'] ?? '';
  writeFileSync(file, JSON.stringify(process.memoryUsage()));
});
