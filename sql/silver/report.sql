/*
description: |
  What every other model needs to know about the report: the time zone in which days, months and
  years are counted, the instant as of which it speaks, and the first and last event before that
  instant. One row. Events at or after the as-of instant do not exist for the report.
columns:
  time_zone:
    type: text
    description: IANA name of the report's time zone, like America/Toronto.
    tests: [not_null]
  as_of:
    type: timestamptz
    description: |
      The instant of the report: as configured, or else the start of the day after the newest event,
      in the report's time zone. Null only when there is no event and none is configured.
  first_event_at:
    type: timestamptz
    description: The oldest event before as-of, of any type; null when there is none.
  last_event_at:
    type: timestamptz
    description: The newest event before as-of, of any type; null when there is none.
tests:
  - row_count: { min: 1, max: 1 }
  - name: as-of is known as soon as there is an event
    sql: select * from silver.report where as_of is null and exists (select from bronze.log_event)
  - name: the last event is before as-of
    sql: select * from silver.report where last_event_at >= as_of or first_event_at > last_event_at
*/
with
  event as (
    select min(first_event_at) as first_event_at, max(last_event_at) as last_event_at
    from silver.source_file
  )

select
  parameter.time_zone,
  -- The day after the newest event: a calendar day is added to the date on the wall, and only the
  -- midnight that this names becomes an instant, so a day of 23 or 25 hours is a day.
  coalesce(
    parameter.as_of,
    ((event.last_event_at at time zone parameter.time_zone)::date + 1)::timestamp
      at time zone parameter.time_zone
  ) as as_of,
  event.first_event_at,
  event.last_event_at
from bronze.report_parameter as parameter
cross join event
