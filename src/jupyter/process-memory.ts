// Memory of a process tree.

import { readdirSync, readFileSync } from 'node:fs';

/**
 * The resident memory of a process and its descendants, in bytes. Shared pages count for each. Undefined on
 * systems without /proc.
 */
export function treeMemory(root: number): number | undefined {
  const processes = readProcesses();
  if (processes === undefined) return undefined;
  let bytes = 0;
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    bytes += processes.get(pid)?.bytes ?? 0;
    for (const [child, { parent }] of processes) if (parent === pid) pending.push(child);
  }
  return bytes;
}

function readProcesses(): Map<number, { parent: number; bytes: number }> | undefined {
  const processes = new Map<number, { parent: number; bytes: number }>();
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    let status: string;
    try {
      status = readFileSync(`/proc/${name}/status`, 'utf8');
    } catch {
      continue; // it has ended meanwhile
    }
    const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    processes.set(Number(name), { parent: field('PPid'), bytes: (field('VmRSS') || 0) * 1024 });
  }
  return processes.size === 0 ? undefined : processes;
}
