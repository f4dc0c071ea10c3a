/*
description: |
  Every PLAN_CHANGE line of the logs, with the fields of its `details` object as they came.
  `silver.plan_change` numbers the changes of each customer. A table, because these lines are few among
  all events.
incremental: { from: bronze.log_event, by: file, slice: source_file, key: [source_file, line_number] }
columns:
  account:
    type: bigint
    description: The customer's account number.
  occurred_at:
    type: timestamptz
    description: |
      When the line says that the plan changed. Some lines carry the offset from UTC of the
      customer's sign-up rather than the one in force: the instant is right all the same, and only
      the wall clock in the line is an hour off.
  change_date:
    type: text
    description: The date inside `details`, uninterpreted; so far always the date of the line itself.
  from_plan:
    type: text
    description: The plan left, in the logs' words; null when `details` is not an object that has it.
  to_plan:
    type: text
    description: The plan taken, in the logs' words; null when `details` is not an object that has it.
  source_file:
    type: text
    description: File that the line was read from, below the data folder.
  line_number:
    type: bigint
    description: The line's number in that file, from 1.
*/
select
  account,
  occurred_at,
  payload -> 'details' ->> 'change_date' as change_date,
  payload -> 'details' ->> 'from' as from_plan,
  payload -> 'details' ->> 'to' as to_plan,
  source_file,
  line_number
from bronze.log_event
where log_type = 'PLAN_CHANGE'
