import assert from 'node:assert/strict';
import { test } from 'node:test';
import { query } from 'daybook/pipeline';

/** `npm test` runs these against its own database, which holds the sample logs. */
test('each request counts once', async () => {
  const [total] = await query(`
    select
      (select sum(requests)::integer from gold.web_traffic_daily) as requests,
      (select count(*) from bronze.web_access)::integer
        + (select count(*) from bronze.web_access_json)::integer as lines
  `);
  assert.equal(total?.requests, total?.lines);
});
