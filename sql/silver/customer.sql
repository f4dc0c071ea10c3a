/*
description: |
  One row for each account that signed up or logged in before as-of: where it came from, when it was
  first and last seen, and whether it churned. The analyses of churn and geography count these rows.
columns:
  account:
    type: bigint
    description: The customer's account number.
    tests: [not_null, unique]
  signed_up_at:
    type: timestamptz
    description: When the customer signed up; null for an account whose sign-up is not in the logs.
  signup_year:
    type: integer
    description: The calendar year of the sign-up; null without one.
  plan:
    type: text
    description: The plan chosen at sign-up; null without one.
  province:
    type: text
    description: Province or territory of the sign-up address, or "unknown"; null without a sign-up.
  first_login_at:
    type: timestamptz
    description: The first login before as-of; null for a customer who never logged in.
  first_login_month:
    type: date
    description: First day of the month of the first login, the month in which the customer is new.
    tests: [{ relationships: { to: silver.month, column: month } }]
  last_login_at:
    type: timestamptz
    description: The last login before as-of; null for a customer who never logged in.
  churned_at:
    type: timestamptz
    description: |
      The last login of a customer who churned, that is, one whose last login was at least 30 × 24
      hours before as-of; null for a customer who is still there or who never logged in. Somebody who
      came back after a gap, however long, has not churned.
  churned_month:
    type: date
    description: First day of the month in which the customer counts as churned, that of the last login.
    tests: [{ relationships: { to: silver.month, column: month } }]
tests:
  - name: first and last login come together and in order
    sql: |
      select *
      from silver.customer
      where (first_login_at is null) <> (last_login_at is null) or first_login_at > last_login_at
  - name: who churned did so with the last login
    sql: select * from silver.customer where churned_at <> last_login_at
*/
with
  login as (
    select account, min(first_login_at) as first_login_at, max(last_login_at) as last_login_at
    from silver.login_month
    group by account
  ),
  seen as (
    select
      account,
      sign_up.signed_up_at,
      sign_up.signup_year,
      sign_up.plan,
      sign_up.province,
      login.first_login_at,
      login.last_login_at,
      -- Churned: the last login is at least 30 × 24 hours before as-of. Hours, not days: a day on
      -- which the clocks change has 23 or 25 of them, and the answer must not depend on whose day.
      case
        when login.last_login_at <= report.as_of - interval '720 hours' then login.last_login_at
      end as churned_at,
      report.time_zone
    from silver.sign_up
    full join login using (account)
    cross join silver.report
  )

select
  account,
  signed_up_at,
  signup_year,
  plan,
  province,
  first_login_at,
  date_trunc('month', first_login_at at time zone time_zone)::date as first_login_month,
  last_login_at,
  churned_at,
  date_trunc('month', churned_at at time zone time_zone)::date as churned_month
from seen
