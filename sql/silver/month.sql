/*
description: |
  The calendar months of the report, from that of the first event to that of the last event before
  as-of, with no month left out. Months begin at midnight in the report's time zone.
columns:
  month:
    type: date
    description: First day of the month.
    tests: [not_null, unique]
  year:
    type: integer
    description: The month's calendar year.
    tests: [not_null]
  starts_at:
    type: timestamptz
    description: The instant at which the month begins, inclusive.
    tests: [not_null]
  ends_at:
    type: timestamptz
    description: The instant at which the next month begins, exclusive.
    tests: [not_null]
tests:
  - name: each month begins where the one before it ended
    sql: |
      select *
      from (
        select month, starts_at, lag(ends_at) over (order by month) as previous_end
        from silver.month
      ) as pair
      where starts_at <> previous_end
  - name: every event of the report lies in a month
    sql: |
      select report.*
      from silver.report
      where first_event_at < (select min(starts_at) from silver.month)
        or last_event_at >= (select max(ends_at) from silver.month)
*/
with
  wall_clock as (
    select
      time_zone,
      date_trunc('month', first_event_at at time zone time_zone) as first_month,
      date_trunc('month', last_event_at at time zone time_zone) as last_month
    from silver.report
  ),
  -- All of these are timestamps without time zone: readings of the wall clock.
  month as (
    select time_zone, starts
    from wall_clock
    cross join generate_series(first_month, last_month, interval '1 month') as starts
  )

select
  starts::date as month,
  extract(year from starts)::integer as year,
  starts at time zone time_zone as starts_at,
  (starts + interval '1 month') at time zone time_zone as ends_at
from month
order by month
