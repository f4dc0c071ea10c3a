/*
description: Each line of an order with its amount, and its day in the report's time zone.
columns:
  day: { type: date, description: The day of the order., tests: [not_null] }
  item: { type: text, description: What was ordered., tests: [not_null, { relationships: { to: bronze.item, column: item } }] }
  quantity: { type: integer, description: How many of it., tests: [not_null] }
  amount: { type: numeric, description: Quantity times price., tests: [not_null] }
tests:
  - name: nothing is given away
    sql: select * from silver.sale where amount <= 0
*/
select
  (line.ordered_at at time zone parameter.time_zone)::date as day,
  line.item,
  line.quantity,
  line.quantity * line.price as amount
from bronze.order_line as line
cross join bronze.report_parameter as parameter
