import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { Session, type RunOfQueries } from '../../src/pipeline/session.js';
import type { QueryRecord } from '../../src/warehouse/query/query-record.js';
import type { TestDatabase } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A session of the reader; `log` gives the queries that it has recorded. */
export function querySession(
  database: TestDatabase,
  { queryRows = 1000, snapshot }: { queryRows?: number } & Partial<RunOfQueries> = {},
) {
  const queryLog = join(temporaryFolder({ 'queries.jsonl': '' }), 'queries.jsonl');
  const session = new Session(() => ({ ...database.config, queryRows }), { snapshot, queryLog });
  onTestFinished(() => session.close());
  const log = () =>
    readFileSync(queryLog, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as QueryRecord);
  return { session, log };
}

/** What a script of queries prints in a process with a heap of 48 MB. */
export async function printsInSmallHeap(database: TestDatabase, script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-old-space-size=48', '--input-type=module', '--eval', script],
    {
      env: {
        ...process.env,
        DATABASE_URL: database.readerUrl,
        DAYBOOK_READER_URL: database.readerUrl,
      },
    },
  );
  return stdout;
}
