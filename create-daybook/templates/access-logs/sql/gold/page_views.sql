/*
description: |
  Pages by how often they were read: successful GET requests of paths that are no file, over all days.
columns:
  path: { type: text, description: The path without what follows a question mark., tests: [not_null, unique] }
  views: { type: integer, description: How often it was asked for., tests: [not_null] }
  hosts: { type: integer, description: Different addresses that asked for it., tests: [not_null] }
*/
select path, count(*)::integer as views, count(distinct host)::integer as hosts
from silver.web_request
where method = 'GET' and status between 200 and 399 and path !~ '\.\w+$'
group by path
order by views desc, path
