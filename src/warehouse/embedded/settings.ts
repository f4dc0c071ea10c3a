// Settings of the embedded Postgres (postgresql.conf).

import { availableParallelism, totalmem } from 'node:os';

/**
 * Settings for one project on a laptop or a small server: few sessions, bulk loads, queries over whole tables.
 * They are written into postgresql.conf once, where an operator may change them.
 */
export function tuning(): Record<string, string> {
  // A container's memory limit counts, rather than the machine's memory.
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const megabytes = Math.floor(bytes / 2 ** 20);
  const between = (least: number, most: number, value: number) =>
    `${Math.max(least, Math.min(most, Math.floor(value)))}MB`;
  return {
    // An eighth of memory: notebooks, a browser and the file cache share the machine.
    shared_buffers: between(64, 1024, megabytes / 8),
    effective_cache_size: between(128, megabytes, megabytes / 2),
    // A few sessions that sort and hash whole tables; the default of 4 MB spills to disk.
    work_mem: between(16, 64, megabytes / 64),
    maintenance_work_mem: between(64, 256, megabytes / 16),
    // There is no replica, so tables filled in the transaction that created them need no WAL: half the writes of a
    // model or a first load.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // A load writes gigabytes in minutes, and frequent checkpoints would write pages twice. More than this would
    // take long to recover after a crash, and disk space.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // One worker less than cores beside each leading process, at least one.
    max_parallel_workers_per_gather: String(Math.max(1, Math.min(4, availableParallelism() - 1))),
    // The binaries come without LLVM.
    jit: 'off',
    // On solid-state disks random access costs about as much as sequential access.
    random_page_cost: '1.1',
    // Parallel queries use shared memory; containers often have 64 MB of the default kind, /dev/shm.
    ...(process.platform === 'linux' ? { dynamic_shared_memory_type: 'sysv' } : {}),
    TimeZone: 'UTC',
    log_timezone: 'UTC',
  };
}

/**
 * Settings that Daybook relies on; on the command line they override postgresql.conf.
 *
 * @param log - The folder of the log files.
 * @param port - The port to listen on.
 * @param durable - False: nothing is flushed to disk, for tests.
 */
export function launchSettings(
  log: string,
  port: number,
  durable: boolean,
): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // No Unix socket: its path is limited to 107 bytes, and nobody needs it.
    unix_socket_directories: '',
    logging_collector: 'on',
    log_directory: log,
    // A file for each weekday, emptied when its day comes again.
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    // With the SQLSTATE, which distinguishes a lost race for the data folder from other failures.
    log_line_prefix: '%m [%p] %e ',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}
