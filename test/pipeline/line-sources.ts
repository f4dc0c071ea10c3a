import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSource } from '../../src/pipeline/project/parse-source.js';
import type { Source, SourceColumn } from '../../src/pipeline/definitions/source.js';
import { root } from '../database.js';

/** A source from its declaration. */
export function declared(name: string, yaml: string): Source {
  const result = parseSource(name, yaml);
  if ('source' in result) return result.source;
  throw new Error(result.problems.map(({ message }) => message).join('\n'));
}

/** The declaration of the customer logs in this project. */
export const customerLogsFile = 'sql/sources/log_event.yaml';
export const customerLogsYaml = readFileSync(join(root, customerLogsFile), 'utf8');
export const customerLogs = declared('log_event', customerLogsYaml);

/** A source without columns: every JSON object is accepted, all of it is payload. */
export const anyJson: Source = {
  name: 'any_json',
  schema: 'bronze',
  files: ['*.jsonl', '*.jsonl.gz'],
  format: { kind: 'json' },
  columns: [],
  eventTime: null,
};

const withColumn = (column: SourceColumn): Source => ({ ...anyJson, columns: [column] });

/** {@link anyJson} with a time. */
export const withTime = withColumn({
  name: 'at',
  from: ['timestamp'],
  type: 'timestamptz',
  required: true,
});

/** {@link anyJson} with a number. */
export const withUser = withColumn({
  name: 'user_id',
  from: ['user_id'],
  type: 'bigint',
  required: true,
});
