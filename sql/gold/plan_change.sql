/*
description: |
  Where customers go who leave the plan that they signed up on, and how long they take: one row for
  each ordered pair of two different plans, also when nobody went that way. Of each customer only the
  first change away from the plan of sign-up counts, and only one that comes after the sign-up.
columns:
  from_plan:
    type: text
    description: The plan of sign-up, in the logs' words.
    tests: [not_null]
  to_plan:
    type: text
    description: The plan changed to, in the logs' words.
    tests: [not_null]
  customers:
    type: integer
    description: Customers whose first change away from their plan of sign-up went this way.
    tests: [not_null]
  average_days:
    type: double precision
    description: |
      Their average time from sign-up to the change in days of 24 hours, with fractions; null when
      there are none.
tests:
  - name: one row for each ordered pair of two different plans
    sql: |
      select from_plan, to_plan, count(*)
      from gold.plan_change
      group by from_plan, to_plan
      having count(*) > 1 or from_plan = to_plan
  - name: no pair of plans is left out
    sql: |
      select *
      from (
        select
          (select count(*) from gold.plan_change) as pairs,
          (select count(*) from silver.plan) as plans
      ) as total
      where pairs <> plans * (plans - 1)
  - name: an average where there are customers, and never negative
    sql: |
      select *
      from gold.plan_change
      where customers < 0 or (average_days is null) <> (customers = 0) or average_days < 0
  - name: no more customers leave a plan than signed up on it
    sql: |
      select from_plan, sum(customers)
      from gold.plan_change
      group by from_plan
      having sum(customers) > (select count(*) from silver.sign_up where plan = from_plan)
*/
with
  pair as (
    select from_plan.plan as from_plan, to_plan.plan as to_plan
    from silver.plan as from_plan
    join silver.plan as to_plan on to_plan.plan <> from_plan.plan
  ),
  -- A customer's first change away from the plan of sign-up.
  first_change as (
    select distinct on (sign_up.account)
      sign_up.account,
      plan_change.from_plan,
      plan_change.to_plan,
      -- Elapsed seconds between two instants: no calendar is involved.
      extract(epoch from plan_change.changed_at - sign_up.signed_up_at) / 86400 as days
    from silver.sign_up
    join silver.plan_change
      on plan_change.account = sign_up.account
      and plan_change.from_plan = sign_up.plan
      and plan_change.to_plan <> sign_up.plan
      and plan_change.changed_at >= sign_up.signed_up_at
    order by sign_up.account, plan_change.change_number
  )

select
  from_plan,
  to_plan,
  count(first_change.account)::integer as customers,
  avg(first_change.days)::double precision as average_days
from pair
left join first_change using (from_plan, to_plan)
group by from_plan, to_plan
order by from_plan, to_plan
