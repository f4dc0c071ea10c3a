import type { Source } from './source.js';

/** The customer logs: one JSON object a line, one event of one account. */
export const customerLogs: Source = {
  name: 'customer-logs',
  table: { schema: 'bronze', name: 'log_event' },
  files: ['*.log', '*.jsonl', '*.ndjson', '*.log.gz', '*.jsonl.gz', '*.ndjson.gz'],
  columns: [
    { name: 'account', field: 'account', type: 'bigint', required: true },
    { name: 'occurred_at', field: 'date', type: 'timestamptz', required: true },
    { name: 'log_type', field: 'log_type', type: 'text', required: true },
    { name: 'level', field: 'level', type: 'text', required: false },
  ],
  payload: 'payload',
  eventTime: 'occurred_at',
};
