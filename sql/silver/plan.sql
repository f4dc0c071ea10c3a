/*
description: |
  Every plan that a sign-up or a change of plan before as-of names.
columns:
  plan:
    type: text
    description: The plan's name in the logs' words, like PLAN_BRONZE.
    tests: [not_null, unique]
*/
select plan from silver.sign_up where plan <> 'unknown'
union
select from_plan from silver.plan_change
union
select to_plan from silver.plan_change
