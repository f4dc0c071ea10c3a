import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { withTransaction } from '../../warehouse/query/transaction.js';
import { isReject } from '../extract/event/log-event.js';
import { matchBounded } from '../extract/values/match.js';
import { withoutFuture } from '../extract/event/future-time.js';
import { createLineParser } from '../extract/lines/parse-line.js';
import {
  acceptLines,
  keepRepair,
  readReplayedLines,
  type LinePlace,
  type Repair,
} from '../../history/repaired-lines.js';
import { withRunLock } from '../../history/run-lock.js';
import type { Source } from '../definitions/source.js';
import { ensureTable } from '../load/ensure-table.js';
import { hasExpressions } from '../load/encode/encode-lines.js';
import { EventRows } from '../load/encode/event-rows.js';
import { rejectFileEnd } from './export-rejects.js';
import { copy, copyStatement } from '../load/load-file.js';
import type { LimitsOf } from '../load/limits/source-limits.js';
import { parseRejects, sha256 } from './reject-file.js';

/** What replaying came to. */
export interface Replay {
  /** Lines that were in quarantine and are loaded now. */
  readonly loaded: number;
  /** Lines that are still rejected. */
  readonly rejected: number;
  /** Repaired lines whose original is in quarantine no more: nothing was done with them. */
  readonly stale: number;
}

/** Rejected lines that are held at once. */
const pageRows = 200;

/**
 * Gives the lines in quarantine another try, with today's rules and, of those that were exported and
 * repaired, with the repaired bytes. What is accepted moves from the quarantine to its source's table in
 * one transaction for each page, so each line is loaded exactly once; repaired lines are remembered and
 * stand for theirs in every later load of the file.
 *
 * @param sources - All sources that are declared.
 * @param folder - Files of `exportRejects` after somebody repaired them. Default: none.
 * @throws DaybookError `DATA_MISSING` when the folder holds no such file.
 */
export async function replayRejects(
  pool: Pool,
  sources: readonly Source[],
  options: {
    folder?: string | undefined;
    limitsOf: LimitsOf;
    signal: AbortSignal;
    onWait?: () => void;
  },
): Promise<Replay> {
  const repaired = options.folder === undefined ? [] : readRepairs(options.folder);
  const lock = { signal: options.signal, onWait: options.onWait ?? (() => undefined) };
  return withRunLock(pool, lock, async (lost) => {
    let stale = 0;
    for (const line of repaired) if (!(await keepIfChanged(pool, line))) stale += 1;
    let [loaded, rejected] = [0, 0];
    for (const source of sources) {
      // Its declaration may have changed since the last run.
      await ensureTable(pool, source);
      const latest = Date.now() + options.limitsOf(source.name).futureMs;
      let last: LinePlace = { file: '', line: 0, byteOffset: 0 };
      for (;;) {
        options.signal.throwIfAborted();
        lost.throwIfAborted();
        const page = await withTransaction(pool, (client) =>
          replayPage(client, source, latest, last),
        );
        if (page === undefined) break;
        loaded += page.loaded;
        rejected += page.rejected;
        last = page.last;
      }
    }
    return { loaded, rejected, stale };
  });
}

function readRepairs(folder: string): Repair[] {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith(rejectFileEnd),
      )
    : [];
  if (names.length > 0)
    return names.sort().flatMap((name) => parseRejects(readFileSync(join(folder, name))));
  throw new DaybookError('DATA_MISSING', `no file below ${folder} ends in ${rejectFileEnd}`, {
    hint: `daybook rejects export ${folder} writes them`,
  });
}

/** @returns False when the original is in quarantine no more. */
async function keepIfChanged(pool: Pool, line: Repair): Promise<boolean> {
  return sha256(line.repaired) === line.rawSha256 || keepRepair(pool, line);
}

/** @returns Undefined when there is no reject after `last`. */
async function replayPage(
  client: PoolClient,
  source: Source,
  latest: number,
  last: LinePlace,
): Promise<{ loaded: number; rejected: number; last: LinePlace } | undefined> {
  const page = await readReplayedLines(client, source.name, last, pageRows);
  const end = page.at(-1);
  if (end === undefined) return undefined;
  // A line that was too slow is here to be tried again.
  const match = hasExpressions(source) ? matchBounded : undefined;
  const parserOf = (header: readonly string[] | null, file?: string) =>
    withoutFuture(
      createLineParser(source, header ?? undefined, undefined, file, match),
      source,
      latest,
    );
  let [parse, parsed] = [parserOf(null), undefined as string | undefined];
  let rejected = 0;
  const accepted: bigint[] = [];
  const files = new Map<string, EventRows>();
  for (const { reject_id, file, line, lines, bytes, header } of page) {
    // Each CSV has columns of its own, and a file's name may say the year.
    if (file !== parsed) {
      [parse, parsed] = [parserOf(header, file), file];
    }
    const event = parse(bytes);
    if (isReject(event)) {
      rejected += lines;
      continue;
    }
    accepted.push(reject_id);
    let rows = files.get(file);
    if (rows === undefined) {
      rows = new EventRows(source, Buffer.from(file), Buffer.allocUnsafeSlow(1024));
      files.set(file, rows);
    }
    rows.add(event, line);
  }
  if (accepted.length > 0) {
    const written = Array.from(files.values(), (rows) => ({ bytes: rows.written }));
    await copy(client, copyStatement(source), written);
    const newest = Array.from(files, ([file, rows]) => [file, rows.newest] as const);
    await acceptLines(client, accepted, new Map(newest));
  }
  return {
    loaded: accepted.length,
    rejected,
    last: end,
  };
}
