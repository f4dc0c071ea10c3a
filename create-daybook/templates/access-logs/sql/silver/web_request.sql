/*
description: One row for each request in the access logs of either format, its request line taken apart.
materialized: view
columns:
  requested_at: { type: timestamptz, description: When the request was answered., tests: [not_null] }
  day: { type: date, description: Its day in the report's time zone., tests: [not_null] }
  host: { type: text, description: Address or name of whoever asked., tests: [not_null] }
  method: { type: text, description: 'The HTTP method, like GET; null when the request line is no HTTP.' }
  path: { type: text, description: The path without what follows a question mark; null as above. }
  status: { type: integer, description: HTTP status of the answer., tests: [not_null] }
  bytes: { type: bigint, description: Bytes of the answer; null when there were none. }
  duration: { type: double precision, description: 'How long the answer took, in milliseconds; only JSON lines say it.' }
  source_file: { type: text, description: 'File that the line was read from, below the data folder.' }
  line_number: { type: bigint, description: 'The line''s number in that file, from 1.' }
*/
select
  request.requested_at,
  (request.requested_at at time zone parameter.time_zone)::date as day,
  request.host,
  request.method,
  split_part(request.path, '?', 1) as path,
  request.status,
  request.bytes,
  request.duration,
  request.source_file,
  request.line_number
from (
  select
    requested_at,
    host,
    substring(payload ->> 'request' from '^([A-Z]+) \S+ HTTP/') as method,
    substring(payload ->> 'request' from '^[A-Z]+ (\S+) HTTP/') as path,
    status,
    bytes,
    null::double precision as duration,
    source_file,
    line_number
  from bronze.web_access
  union all
  select requested_at, host, method, path, status, bytes, duration, source_file, line_number
  from bronze.web_access_json
) as request
cross join bronze.report_parameter as parameter
