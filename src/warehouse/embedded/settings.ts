import { availableParallelism, totalmem } from 'node:os';

/**
 * Settings for one workspace on a laptop or a small server: few sessions, bulk loads, queries over
 * whole tables. They are written into postgresql.conf once, where an operator may change them.
 */
export function tuning(): Record<string, string> {
  // A container's limit counts, not the memory of the machine that it shares.
  const limit = process.constrainedMemory();
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  const megabytes = Math.floor(bytes / 2 ** 20);
  const between = (least: number, most: number, value: number) =>
    `${Math.max(least, Math.min(most, Math.floor(value)))}MB`;
  return {
    // An eighth of memory: notebooks, a browser and the file cache want theirs on the same machine.
    shared_buffers: between(64, 1024, megabytes / 8),
    effective_cache_size: between(128, megabytes, megabytes / 2),
    // A handful of sessions that sort and hash whole tables; the default of 4 MB goes to disk.
    work_mem: between(16, 64, megabytes / 64),
    maintenance_work_mem: between(64, 256, megabytes / 16),
    // No replica reads this WAL, so tables that are filled in the transaction that made them need
    // none: half the writing of a model or of a first load.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // A load writes gigabytes in minutes; a checkpoint each few seconds would write pages twice.
    // More than this would take long to read again after a crash, and room on a small disk.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    // One worker less than cores beside each leading process, and never none.
    max_parallel_workers_per_gather: String(Math.max(1, Math.min(4, availableParallelism() - 1))),
    // The binaries come without LLVM.
    jit: 'off',
    // Solid-state disks are the rule: an index page far away costs about as much as a near one.
    random_page_cost: '1.1',
    // Parallel queries share memory; containers often have 64 MB of the default kind, /dev/shm.
    ...(process.platform === 'linux' ? { dynamic_shared_memory_type: 'sysv' } : {}),
    TimeZone: 'UTC',
    log_timezone: 'UTC',
  };
}

/**
 * Settings that Daybook relies on; on the command line they win over postgresql.conf.
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
    // No Unix socket: its path may be 107 bytes long at most, and nobody needs it.
    unix_socket_directories: '',
    logging_collector: 'on',
    log_directory: log,
    // One file for each day of the week, emptied when its day comes again.
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    // With the SQLSTATE, by which a lost race for the data folder is told from a real failure.
    log_line_prefix: '%m [%p] %e ',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}
