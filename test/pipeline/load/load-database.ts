import { RunRecord } from '../../../src/history/runs/run-record.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

/**
 * A database with the table of the sources `anyJson` and `withTime`, and a run to load for.
 *
 * @param columns - Those of the table before the ones that every source has.
 */
export async function createLoadDatabase(
  columns: readonly string[] = [],
): Promise<{ database: TestDatabase; record: RunRecord }> {
  const database = await createTestDatabase();
  const own = [
    'payload jsonb not null',
    'source_file text not null',
    'line_number bigint not null',
  ];
  await database.owner.query(`create table bronze.any_json (${[...columns, ...own].join(', ')})`);
  const start = { trigger: 'test', codeVersion: undefined, dataDir: '', timeZone: 'UTC' };
  return { database, record: await RunRecord.start(database.owner, start) };
}
