/*
description: |
  Logins before as-of by customer and month: one row for each month in which a customer logged in. Only
  the months in which logins came or went since the last run are counted again.
incremental: { from: bronze.login, time: occurred_at, by: month, slice: month, key: [account, month] }
columns:
  account:
    type: bigint
    description: The customer's account number.
    tests: [not_null]
  month:
    type: date
    description: First day of the calendar month in the report's time zone.
    tests: [not_null]
  logins:
    type: bigint
    description: The customer's logins in the month, at least 1.
    tests: [not_null]
  first_login_at:
    type: timestamptz
    description: The first of them.
    tests: [not_null]
  last_login_at:
    type: timestamptz
    description: The last of them.
    tests: [not_null]
*/
select
  account,
  date_trunc(
    'month',
    occurred_at at time zone (select time_zone from bronze.report_parameter)
  )::date as month,
  count(*) as logins,
  min(occurred_at) as first_login_at,
  max(occurred_at) as last_login_at
from bronze.login
-- An as-of that is not configured is later than every login.
where occurred_at < coalesce((select as_of from bronze.report_parameter), 'infinity')
group by 1, 2
