/*
description: Requests to the web servers by day; days without a request are not here.
columns:
  day: { type: date, description: The day in the report's time zone., tests: [not_null, unique] }
  requests: { type: integer, description: All requests., tests: [not_null] }
  hosts: { type: integer, description: Different addresses that asked., tests: [not_null] }
  errors: { type: integer, description: Requests answered with a status of 500 or more., tests: [not_null] }
  bytes: { type: numeric, description: Bytes of all answers., tests: [not_null] }
  p95_duration: { type: double precision, description: 'Milliseconds in which 95 of 100 answers were there; null where no log says it.' }
tests:
  - name: no more errors than requests
    sql: select * from gold.web_traffic_daily where errors > requests
*/
select
  day,
  count(*)::integer as requests,
  count(distinct host)::integer as hosts,
  (count(*) filter (where status >= 500))::integer as errors,
  coalesce(sum(bytes), 0) as bytes,
  percentile_cont(0.95) within group (order by duration) as p95_duration
from silver.web_request
group by day
order by day
