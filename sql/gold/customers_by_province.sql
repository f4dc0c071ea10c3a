/*
description: |
  Where customers live, at the end of each year: one row for each year of the report and each province
  that has a sign-up at any time in the report. Customers count by the province of their sign-up
  address; those who never signed up have none and are not here.
columns:
  year:
    type: integer
    description: Calendar year in the report's time zone.
    tests: [not_null]
  province:
    type: text
    description: |
      Province or territory by today's Canada Post code (the logs' NF is NL); "unknown" when the
      address does not end in a province and a postal code.
    tests:
      - not_null
      - accepted_values: [AB, BC, MB, NB, NL, NS, NT, NU, 'ON', PE, QC, SK, YT, unknown]
  signups:
    type: integer
    description: Customers of the province who signed up in or before the year.
    tests: [not_null]
  active_customers:
    type: integer
    description: |
      Customers of the province at the year's end whose first login was before it and who had not
      churned in the year or earlier.
    tests: [not_null]
tests:
  - name: one row for each year and province
    sql: |
      select year, province
      from gold.customers_by_province
      group by year, province
      having count(*) > 1
  - name: every province has every year
    sql: |
      select province, count(*)
      from gold.customers_by_province
      group by province
      having count(*) <> (select count(*) from silver.year)
  - name: sign-ups never become fewer
    sql: |
      select *
      from (
        select *, lag(signups, 1, 0) over (partition by province order by year) as previous_signups
        from gold.customers_by_province
      ) as pair
      where signups < previous_signups
  - name: in the last year every sign-up has a province
    sql: |
      select *
      from (
        select
          (
            select coalesce(sum(signups), 0)
            from gold.customers_by_province
            where year = (select max(year) from silver.year)
          ) as by_province,
          (select count(*) from silver.sign_up) as signups
      ) as total
      where by_province <> signups
*/
select
  year.year,
  customer.province,
  (count(*) filter (where customer.signup_year <= year.year))::integer as signups,
  -- Active at the end of the year: first login before it, and not churned in or before the year.
  (
    count(*) filter (
      where customer.first_login_at < year.ends_at
        and (customer.churned_at is null or customer.churned_at >= year.ends_at)
    )
  )::integer as active_customers
from silver.customer
cross join silver.year
where customer.province is not null
group by year.year, customer.province
order by year.year, customer.province
