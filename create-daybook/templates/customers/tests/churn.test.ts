import assert from 'node:assert/strict';
import { test } from 'node:test';
import { query } from 'daybook/pipeline';

/** `npm test` runs these against its own database, which holds the sample logs. */
test('nobody churns who was never active', async () => {
  const wrong = await query(`
    select account::integer from silver.customer
    where churned_at is not null and first_login_at is null
  `);
  assert.deepEqual(wrong, []);
});
