/*
description: |
  Who signed up, when, on which plan and from where: one row for each customer who signed up before
  as-of. Of several SIGN_UP lines of one account the first counts.
columns:
  account:
    type: bigint
    description: The customer's account number.
    tests: [not_null, unique]
  signed_up_at:
    type: timestamptz
    description: When the customer first signed up.
    tests: [not_null]
  signup_year:
    type: integer
    description: The calendar year of the sign-up in the report's time zone.
    tests: [not_null]
  plan:
    type: text
    description: The plan chosen at sign-up, in the logs' words; "unknown" when the line has none.
    tests: [not_null]
  address:
    type: text
    description: The postal address as typed, without the quotes that the logs put around it.
  province:
    type: text
    description: |
      Province or territory by today's Canada Post code, read from the end of the address. The logs'
      NF is Newfoundland and Labrador, NL since 2002. "unknown" when the address does not end in a
      province and a postal code, so that the customer still counts.
    tests:
      - not_null
      - accepted_values: [AB, BC, MB, NB, NL, NS, NT, NU, 'ON', PE, QC, SK, YT, unknown]
tests:
  - name: nobody signs up at or after as-of
    sql: |
      select sign_up.*
      from silver.sign_up cross join silver.report
      where sign_up.signed_up_at >= report.as_of
*/
with
  first_sign_up as (
    select distinct on (account)
      account,
      occurred_at as signed_up_at,
      plan,
      address,
      -- A comma, the code, the postal code: the space after the comma may be missing, there may be
      -- no comma before the city, and the closing quote belongs to the log and not to the address.
      substring(
        address from ',\s*([A-Z]{2})\s+[A-Z][0-9][A-Z]\s?[0-9][A-Z][0-9]''?$'
      ) as province_code
    from bronze.sign_up
    where occurred_at < (select as_of from silver.report)
    order by account, occurred_at, source_file, line_number
  )

select
  first_sign_up.account,
  first_sign_up.signed_up_at,
  extract(year from first_sign_up.signed_up_at at time zone report.time_zone)::integer as signup_year,
  coalesce(first_sign_up.plan, 'unknown') as plan,
  btrim(first_sign_up.address, '''') as address,
  case
    when province_code = 'NF' then 'NL'
    when province_code in (
      'AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT'
    ) then province_code
    else 'unknown'
  end as province
from first_sign_up
cross join silver.report
