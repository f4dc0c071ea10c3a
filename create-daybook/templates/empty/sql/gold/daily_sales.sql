/*
description: Sales by day and item; days without a sale are not here.
columns:
  day: { type: date, description: The day in the report's time zone., tests: [not_null] }
  item: { type: text, description: What was sold., tests: [not_null] }
  pieces: { type: integer, description: How many were sold., tests: [not_null] }
  amount: { type: double precision, description: What they brought in., tests: [not_null] }
tests:
  - name: one row for each day and item
    sql: select day, item from gold.daily_sales group by day, item having count(*) > 1
*/
select
  day,
  item,
  sum(quantity)::integer as pieces,
  sum(amount)::double precision as amount
from silver.sale
group by day, item
order by day, item
