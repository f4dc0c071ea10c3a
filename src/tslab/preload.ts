/**
 * Preloaded into our tslab (`node --import`), and by that into what its cells fork and the threads that they
 * start, which it leaves alone.
 */
if (/[\\/]tslab$/.test(process.argv[1] ?? '')) {
  await import('./project-tables.js');
  await import('./sockets.js');
}
