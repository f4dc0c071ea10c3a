/*
description: |
  What each file of the logs holds of the report: its events before as-of. From this `silver.report`
  knows the first and the last event without looking at all of them.
incremental: { from: bronze.log_event, by: file, slice: source_file, key: [source_file] }
columns:
  source_file:
    type: text
    description: The file's path below the data folder.
    tests: [not_null]
  events:
    type: bigint
    description: Its events before as-of, of any type.
    tests: [not_null]
  first_event_at:
    type: timestamptz
    description: The oldest of them.
    tests: [not_null]
  last_event_at:
    type: timestamptz
    description: The newest of them.
    tests: [not_null]
*/
select
  source_file,
  count(*) as events,
  min(occurred_at) as first_event_at,
  max(occurred_at) as last_event_at
from bronze.log_event
-- An as-of that is not configured is later than every event.
where occurred_at < coalesce((select as_of from bronze.report_parameter), 'infinity')
group by source_file
