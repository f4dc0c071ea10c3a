/*
description: |
  The calendar years of the report, from that of the first event to that of the last event before
  as-of. Years begin at midnight in the report's time zone.
columns:
  year:
    type: integer
    description: The calendar year.
    tests: [not_null, unique]
  ends_at:
    type: timestamptz
    description: The instant at which the next year begins, exclusive.
    tests: [not_null]
*/
select distinct
  month.year,
  make_timestamp(month.year + 1, 1, 1, 0, 0, 0) at time zone report.time_zone as ends_at
from silver.month
cross join silver.report
order by month.year
