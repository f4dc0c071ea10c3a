/**
 * Preloaded into our tslab (`node --import`), and by that into what its cells fork and the threads that they
 * start, which it leaves alone.
 */
if (/[\\/]tslab$/.test(process.argv[1] ?? '')) {
  await import('./tslab-types.js');
  await import('./tslab-sockets.js');
}
