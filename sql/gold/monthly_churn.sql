/*
description: |
  How many customers came, left and stayed, month by month, from the month of the first event to that
  of the last before as-of; months in which nobody left are there too. A customer is new in the month
  of the first login and churned in the month of the last one, once that lies at least 30 × 24 hours
  before as-of; a customer who comes back after a gap is not churned. The books balance: active =
  active of the month before + new − churned.
columns:
  month:
    type: date
    description: First day of the calendar month in the report's time zone.
    tests: [not_null, unique]
  new_customers:
    type: integer
    description: Customers whose first login is in the month.
    tests: [not_null]
  churned_customers:
    type: integer
    description: Customers who churned and whose last login is in the month.
    tests: [not_null]
  active_customers:
    type: integer
    description: |
      Customers at the month's end whose first login was before it and who had not churned in the
      month or earlier.
    tests: [not_null]
  churn_rate:
    type: double precision
    description: Churned in the month divided by active at its end, 0 and up; null when nobody is active.
  is_complete:
    type: boolean
    description: |
      Whether the whole month can be judged already: it ended at least 30 × 24 hours before as-of.
      In a month that is not complete, churned customers may still be missing.
    tests: [not_null]
tests:
  - name: active = active of the month before + new - churned
    sql: |
      select *
      from (
        select *, lag(active_customers, 1, 0) over (order by month) as previously_active
        from gold.monthly_churn
      ) as pair
      where active_customers <> previously_active + new_customers - churned_customers
  - name: no count is negative
    sql: |
      select *
      from gold.monthly_churn
      where new_customers < 0 or churned_customers < 0 or active_customers < 0
  - name: the rate is churned / active, and null only when nobody is active
    sql: |
      select *
      from gold.monthly_churn
      where (churn_rate is null) <> (active_customers = 0)
        or abs(churn_rate * active_customers - churned_customers) > 1e-6
  - name: no month is left out
    sql: |
      select *
      from (
        select month, lag(month) over (order by month) as previous_month
        from gold.monthly_churn
      ) as pair
      where month <> previous_month + interval '1 month'
  - name: once a month is incomplete, so are all after it
    sql: |
      select *
      from gold.monthly_churn
      where is_complete and month > (select min(month) from gold.monthly_churn where not is_complete)
  - name: every customer who logged in is new once, and every churned customer is counted once
    sql: |
      select *
      from (
        select
          (select coalesce(sum(new_customers), 0) from gold.monthly_churn) as new_by_month,
          (select count(first_login_at) from silver.customer) as new,
          (select coalesce(sum(churned_customers), 0) from gold.monthly_churn) as churned_by_month,
          (select count(churned_at) from silver.customer) as churned
      ) as total
      where new_by_month <> new or churned_by_month <> churned
*/
with
  new_by_month as (
    select first_login_month as month, count(*) as new_customers
    from silver.customer
    where first_login_month is not null
    group by first_login_month
  ),
  churned_by_month as (
    select churned_month as month, count(*) as churned_customers
    from silver.customer
    where churned_month is not null
    group by churned_month
  ),
  counted as (
    select
      month,
      month.ends_at,
      coalesce(new_customers, 0) as new_customers,
      coalesce(churned_customers, 0) as churned_customers
    from silver.month
    left join new_by_month using (month)
    left join churned_by_month using (month)
  ),
  -- Active at the end of a month = new so far − churned so far.
  balanced as (
    select *, sum(new_customers - churned_customers) over (order by month) as active_customers
    from counted
  )

select
  balanced.month,
  balanced.new_customers::integer as new_customers,
  balanced.churned_customers::integer as churned_customers,
  balanced.active_customers::integer as active_customers,
  balanced.churned_customers / nullif(balanced.active_customers, 0)::double precision as churn_rate,
  -- Complete: even a last login in the month's last moment is 30 × 24 hours before as-of.
  balanced.ends_at <= report.as_of - interval '720 hours' as is_complete
from balanced
cross join silver.report
order by balanced.month
