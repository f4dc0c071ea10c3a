import assert from 'node:assert/strict';
import { test } from 'node:test';
import { query } from 'daybook/pipeline';

/** `npm test` runs these against its own database, which holds the sample logs. */
test('no sale is lost on the way to gold', async () => {
  const [total] = await query(`
    select
      (select sum(pieces)::integer from gold.daily_sales) as pieces,
      (select sum(quantity)::integer from bronze.order_line) as lines
  `);
  assert.equal(total?.pieces, total?.lines);
});
