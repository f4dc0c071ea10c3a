/*
description: |
  Changes of plan before as-of, each customer's numbered in the order in which they happened. Lines
  that do not name both plans stay in `bronze.plan_change`.
columns:
  account:
    type: bigint
    description: The customer's account number.
    tests: [not_null]
  change_number:
    type: integer
    description: 1 for the customer's first change, 2 for the next.
    tests: [not_null]
  changed_at:
    type: timestamptz
    description: When the plan changed.
    tests: [not_null]
  from_plan:
    type: text
    description: The plan left, in the logs' words.
    tests: [not_null]
  to_plan:
    type: text
    description: The plan taken, in the logs' words.
    tests: [not_null]
tests:
  - name: a customer's changes are numbered without gap or repetition
    sql: |
      select account
      from silver.plan_change
      group by account
      having min(change_number) <> 1
        or max(change_number) <> count(*)
        or count(distinct change_number) <> count(*)
*/
select
  account,
  row_number() over (
    partition by account
    order by occurred_at, source_file, line_number
  )::integer as change_number,
  occurred_at as changed_at,
  from_plan,
  to_plan
from bronze.plan_change
where occurred_at < (select as_of from silver.report)
  and from_plan is not null
  and to_plan is not null
