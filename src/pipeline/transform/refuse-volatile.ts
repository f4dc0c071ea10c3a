// Refusal of models with volatile results (`now()`, `random()`, the session's user).

import type { PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { dependsOnSession, timeWord } from '../../parse-sql/volatile-functions.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { placeIn, type Model } from '../definitions/model.js';
import { volatileMessage } from '../project/parse-query.js';
import { describePrefix, type QueryFunction } from './check-columns.js';

/**
 * Refuses a volatile model, by the server's analysis: functions that its query calls, also by operators, casts and
 * overloads, by their volatility in `pg_proc`; and literals like `'today'` that are dates.
 *
 * @param functions - The functions of the server's analysis.
 * @throws DaybookError `MODEL_FAILED` at the place in the file.
 */
export async function refuseVolatile(
  client: PoolClient,
  model: Model,
  functions: readonly QueryFunction[],
): Promise<void> {
  const changing = functions.find(
    ({ name, volatility, isBuiltIn, argumentCount }) =>
      volatility === 'v' ||
      (volatility === 's' && isBuiltIn && dependsOnSession(name, argumentCount)),
  );
  const { query } = model;
  if (changing !== undefined) {
    const place = query.calls.find(({ name }) => name === changing.name)?.offset;
    throw refusal(
      model,
      place,
      volatileMessage(`${changing.name}()`),
      changing.isBuiltIn
        ? undefined
        : `if ${changing.name} gives the same answer for the same input, say so: alter function ${changing.signature} immutable`,
    );
  }
  for (const place of query.timeWords) {
    if (await isTime(client, model.query.sql, place)) {
      const [word = ''] = timeWord.exec(model.query.sql.slice(place)) ?? [];
      throw refusal(model, place, volatileMessage(`'${word}'`));
    }
  }
}

/** Whether Postgres reads a literal as a date or time: with another word it is refused as such. */
async function isTime(client: PoolClient, sql: string, place: number): Promise<boolean> {
  const other = sql.slice(0, place) + sql.slice(place).replace(timeWord, 'notime');
  await client.query('savepoint reading');
  try {
    await client.query(`${describePrefix}${other}`);
    return false;
  } catch (error) {
    if (sqlstateOf(error) === sqlstate.invalidDatetimeFormat) return true;
    if (sqlstateOf(error) === undefined) throw error;
    return false;
  } finally {
    await client.query('rollback to savepoint reading');
  }
}

function refusal(
  model: Model,
  place: number | undefined,
  message: string,
  hint?: string,
): DaybookError {
  return new DaybookError('MODEL_FAILED', message, {
    where:
      place === undefined ? model.file : placeIn(model.file, model.text, model.query.start + place),
    hint,
  });
}
