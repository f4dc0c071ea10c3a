/*
description: |
  Which plans customers choose when they sign up, year by year: one row for each plan that somebody
  chose in the year.
columns:
  year:
    type: integer
    description: Calendar year of the sign-up in the report's time zone.
    tests: [not_null]
  plan:
    type: text
    description: The plan chosen, in the logs' words; "unknown" when the sign-up names none.
    tests: [not_null]
  signups:
    type: integer
    description: Customers who signed up on this plan in this year.
    tests: [not_null]
  share:
    type: double precision
    description: Their share of all sign-ups of the year, from 0 to 1.
    tests: [not_null]
tests:
  - name: one row for each year and plan
    sql: select year, plan from gold.signup_plan group by year, plan having count(*) > 1
  - name: the shares of a year sum to 1
    sql: select year, sum(share) from gold.signup_plan group by year having abs(sum(share) - 1) > 1e-9
  - name: every sign-up is counted once
    sql: |
      select *
      from (
        select
          (select coalesce(sum(signups), 0) from gold.signup_plan) as by_plan,
          (select count(*) from silver.sign_up) as signups
      ) as total
      where by_plan <> signups
*/
select
  signup_year as year,
  plan,
  count(*)::integer as signups,
  count(*) / sum(count(*)) over (partition by signup_year)::double precision as share
from silver.sign_up
group by signup_year, plan
order by signup_year, plan
