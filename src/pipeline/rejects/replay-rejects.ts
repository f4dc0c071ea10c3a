// Replay of rejected and repaired lines (`daybook rejects replay`).

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
  type LinePosition,
  type Repair,
} from '../../history/rejects/repaired-lines.js';
import { withRunLock } from '../../history/runs/run-lock.js';
import type { Source } from '../definitions/source.js';
import { ensureTable } from '../load/ensure-table.js';
import { hasExpressions } from '../load/encode/encode-lines.js';
import { EventRows } from '../load/encode/event-rows.js';
import { rejectFileEnd } from './export-rejects.js';
import { copy, copyStatement } from '../load/load-file.js';
import type { LimitsOf } from '../load/limits/source-limits.js';
import { parseRejects, sha256 } from './reject-file.js';

/** The result of a replay. */
export interface Replay {
  /** Lines of the quarantine that are loaded now. */
  readonly loaded: number;
  /** Lines that are still rejected. */
  readonly rejected: number;
  /** Repaired lines whose original is no longer in quarantine; they are ignored. */
  readonly stale: number;
}

/** Rejected lines in a page. */
const pageRows = 200;

/**
 * Parses the lines in quarantine again, with the current declarations and, where they were exported and repaired,
 * with the repaired bytes. Accepted lines move from the quarantine to their source's table in one transaction for
 * each page, so each is loaded exactly once; repairs are stored, and apply in every later load of the file.
 *
 * @param sources - All declared sources.
 * @param folder - Repaired files of `exportRejects`. Default: none.
 * @throws DaybookError `DATA_MISSING` when the folder has no such file.
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
      let last: LinePosition = { file: '', line: 0, byteOffset: 0 };
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

/** @returns False when the original is no longer in quarantine. */
async function keepIfChanged(pool: Pool, line: Repair): Promise<boolean> {
  return sha256(line.repaired) === line.rawSha256 || keepRepair(pool, line);
}

/** @returns Undefined when there is no reject after `last`. */
async function replayPage(
  client: PoolClient,
  source: Source,
  latest: number,
  last: LinePosition,
): Promise<{ loaded: number; rejected: number; last: LinePosition } | undefined> {
  const page = await readReplayedLines(client, source.name, last, pageRows);
  const end = page.at(-1);
  if (end === undefined) return undefined;
  // A line that timed out gets another attempt.
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
    // Each CSV has its own columns, and a file's name may contain the year.
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
