import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Room that a test run may need for databases, installed packages and builds, in bytes. */
const room = 8 * 2 ** 30;

/** The type of a file system in memory, as `statfs` says it on Linux. */
const tmpfs = 0x01021994;

/**
 * A folder of files in memory, where one has room for a test run beside its programs, and lets programs run. Tests make
 * and remove some hundred thousand files: on a disk with ext4, which looks for a place beside each that was removed in
 * the last minutes, this takes a tenth to a quarter of a run's processor time.
 *
 * @param folder - For tests of this function.
 */
export function memoryFolder(folder = '/dev/shm'): string | undefined {
  let probe: string | undefined;
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    if (type !== tmpfs || bavail * bsize < room) return undefined;
    if (process.availableMemory() < 1.5 * room) return undefined;
    probe = mkdtempSync(join(folder, 'daybook-test-probe-'));
    const program = join(probe, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
    execFileSync(program);
    return folder;
  } catch {
    // There is none, or containers have mounted it without the right to run programs.
    return undefined;
  } finally {
    if (probe !== undefined) rmSync(probe, { recursive: true });
  }
}
