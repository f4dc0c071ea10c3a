/*
description: |
  Every LOGIN line of the logs. Logins are what the analyses take for use of the service: page
  accesses and uploads follow a login within minutes and say nothing new about whether a customer
  is still there.
materialized: view
columns:
  account:
    type: bigint
    description: The customer's account number.
  occurred_at:
    type: timestamptz
    description: When the customer logged in.
  details:
    type: text
    description: How, in the logs' words; so far always "web login".
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
  payload ->> 'details' as details,
  source_file,
  line_number
from bronze.log_event
where log_type = 'LOGIN'
