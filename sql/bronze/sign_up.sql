/*
description: |
  Every SIGN_UP line of the logs with its fields as they came: one row a line, nothing cleaned and
  nothing left out. `silver.sign_up` has one row a customer. A table, because these lines are few among
  all events.
incremental: { from: bronze.log_event, by: file, slice: source_file, key: [source_file, line_number] }
columns:
  account:
    type: bigint
    description: The customer's account number.
  occurred_at:
    type: timestamptz
    description: When the line says that the customer signed up.
  plan:
    type: text
    description: The plan chosen, in the logs' words (PLAN_BRONZE and so on); null when the line has none.
  firstname:
    type: text
    description: First name as typed by the customer.
  lastname:
    type: text
    description: Last name as typed by the customer.
  address:
    type: text
    description: Postal address on one line, still in the single quotes that the logs put around it.
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
  payload ->> 'plan' as plan,
  payload ->> 'firstname' as firstname,
  payload ->> 'lastname' as lastname,
  payload ->> 'address' as address,
  source_file,
  line_number
from bronze.log_event
where log_type = 'SIGN_UP'
