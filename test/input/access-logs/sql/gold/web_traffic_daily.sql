/*
description: |
  Requests to the web servers, day by day in the report's time zone; days without a request are not here.
  Only the days in which lines came or went since the last run are counted again.
incremental: { from: bronze.web_access, by: day, time: requested_at, slice: day, key: [day] }
columns:
  day: { type: date, description: The day., tests: [not_null] }
  requests: { type: bigint, description: All requests. }
  hosts: { type: bigint, description: Different addresses that asked. }
  errors: { type: bigint, description: Requests answered with a status of 500 or more. }
  bytes: { type: numeric, description: Bytes of all answers. }
tests:
  - row_count: { min: 0, max: 100000 }
*/
select
  (requested_at at time zone time_zone)::date as day,
  count(*) as requests,
  count(distinct host) as hosts,
  count(*) filter (where status >= 500) as errors,
  coalesce(sum(bytes), 0) as bytes
from bronze.web_access
cross join bronze.report_parameter
group by 1
