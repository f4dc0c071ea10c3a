/*
description: Each item that was ever ordered, by the name that the shop gave it.
materialized: view
columns:
  item: { type: text, description: The name. }
  first_ordered_at: { type: timestamptz, description: When it was ordered for the first time. }
*/
select item, min(ordered_at) as first_ordered_at
from bronze.order_line
group by item
