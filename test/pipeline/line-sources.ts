import type { Source, SourceColumn } from '../../src/pipeline/sources/source.js';

/** A source without columns: every JSON object is accepted, all of it is payload. */
export const anyJson: Source = {
  name: 'any-json',
  table: { schema: 'bronze', name: 'any_json' },
  files: ['*.jsonl', '*.jsonl.gz'],
  columns: [],
  payload: 'payload',
  eventTime: null,
};

const withColumn = (column: SourceColumn): Source => ({ ...anyJson, columns: [column] });

/** {@link anyJson} with a time. */
export const withTime = withColumn({
  name: 'at',
  field: 'timestamp',
  type: 'timestamptz',
  required: true,
});

/** {@link anyJson} with a number. */
export const withUser = withColumn({
  name: 'user_id',
  field: 'user_id',
  type: 'bigint',
  required: true,
});
