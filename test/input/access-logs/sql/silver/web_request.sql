/*
description: One row for each request in the web servers' access logs, its request line taken apart.
materialized: view
columns:
  requested_at: { type: timestamptz, description: When the request was answered. }
  host: { type: text, description: Address or name of whoever asked. }
  method: { type: text, description: 'The HTTP method, like GET; null when the request line is no HTTP.' }
  path: { type: text, description: The path without what follows a question mark; null as above. }
  status: { type: integer, description: HTTP status of the answer. }
  bytes: { type: bigint, description: Bytes of the answer; null when there were none. }
  source_file: { type: text, description: 'File that the line was read from, below the data folder.' }
  line_number: { type: bigint, description: 'The line''s number in that file, from 1.' }
*/
select
  requested_at,
  host,
  substring(payload ->> 'request' from '^([A-Z]+) \S+ HTTP/') as method,
  substring(payload ->> 'request' from '^[A-Z]+ ([^ ?]+)\S* HTTP/') as path,
  status,
  bytes,
  source_file,
  line_number
from bronze.web_access
