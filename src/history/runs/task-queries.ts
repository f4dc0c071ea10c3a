// SQL of steps and tasks for the dashboard.

import { loadStep } from './pipeline-run.js';

/** Nothing takes no time, except the moment between two readings of the clock. */
const milliseconds = (interval: string) =>
  `nullif(round(extract(epoch from ${interval}) * 1000), 0)::float8`;

/** The order of urgency, where not all can be shown. */
const urgency = `array['failed', 'running', 'upstream_failed', 'passed']`;

const stepName = `
  case kind when 'load' then '${loadStep}' when 'test' then split_part(task, ':', 1) else task end`;

/** Only failed tests: passed ones would fill rows. */
const isSeen = `(kind <> 'test' or status = 'failed')`;

/**
 * A page of the steps of runs ($1), from an offset ($2), up to a limit ($3): files first, then those that failed
 * in the newest of these runs, are blocked or were built, then all others.
 */
export const stepsSql = `
  with
    step as (
      select
        ${stepName} as step,
        min(array_position(${urgency}, status))
          filter (where run_id = (select max(id) from unnest($1::bigint[]) as id)) as urgency
      from ops.task_run
      where run_id = any($1::bigint[]) and ${isSeen}
      group by 1
    ),
    listed as (
      select
        step,
        json_build_object(
          'count', count(*) over (),
          'failed', count(*) filter (where urgency = 1) over (),
          'blocked', count(*) filter (where urgency = 3) over (),
          'built', count(*) filter (where urgency = 4 and step <> '${loadStep}') over ()
        )::text as totals,
        row_number() over (order by step <> '${loadStep}', urgency nulls last, step collate "C") as place
      from step
      order by place
      offset $2 limit $3
    )
  select
    run_id::text as "runId",
    listed.step,
    -- A model's tests count where they failed; that others passed does not make new rows.
    (array_agg(state order by array_position(
      array['failed', 'running', 'upstream_failed', 'passed', 'pending', 'skipped', 'unchanged'], state
    )) filter (where ${isSeen}))[1] as status,
    sum(row_count) filter (where kind <> 'test')::float8 as "rowCount",
    ${milliseconds('max(finished_at) - min(started_at)')} as "durationMs",
    count(*)::float8 as "taskCount",
    (totals::json ->> 'count')::float8 as count,
    (totals::json ->> 'failed')::float8 as failed,
    (totals::json ->> 'blocked')::float8 as blocked,
    (totals::json ->> 'built')::float8 as built
  from
    listed
    join ops.task_run on ${stepName} = listed.step
    join ops.task_run_state using (run_id, task)
  where run_id = any($1::bigint[])
  group by run_id, listed.step, listed.place, totals
  having bool_or(${isSeen})
  order by listed.place, run_id desc`;

/** The longest statement; longer ones are cut: the load of a file may record many. */
export const maxStatement = 20_000;

/** The longest plan or error as JSON; longer ones are shown in part: an error may quote rows of any length. */
const maxJson = 100_000;

/** An error for a page; one that quotes too much is shown without the rows. */
export function errorColumn(column: string): string {
  return `
    case when ${column} is null or octet_length(${column}::text) <= ${maxJson} then ${column} else jsonb_strip_nulls(jsonb_build_object(
      'code', ${column} -> 'code', 'sqlstate', ${column} -> 'sqlstate', 'where', ${column} -> 'where',
      'message', left(${column} ->> 'message', 2000), 'detail', left(${column} ->> 'detail', 2000),
      'hint', left(${column} ->> 'hint', 2000)
    )) end`;
}

/** The most bytes of statements and stored plans on the page of a run. */
const maxCode = 500_000;

const taskColumns = `
  task, kind, state as status, attempt, row_count::float8 as "rowCount", started_at as "startedAt",
  ${milliseconds('finished_at - started_at')} as "durationMs",
  left(reason, 2000) as reason, ${errorColumn('error')} as error`;

const codeColumns = `
  left(sql, ${maxStatement + 1}) as sql,
  case when octet_length(plan::text) <= ${maxJson} then plan end as plan`;

/**
 * The tasks of a run ($1) in order of their start, up to a limit ($2), beyond which only the urgent ones are
 * returned. The same applies to statements; the others are on the tasks' own pages.
 */
export const tasksSql = `
  select
    ${taskColumns}, code.sql, code.plan,
    code_bytes > ${maxCode} and (listed.sql <> '' or listed.plan is not null) as "isCut"
  from
    (
      select
        *,
        sum(coalesce(least(octet_length(sql), ${maxStatement}), 0) + coalesce(pg_column_size(plan), 0))
          over (order by place rows unbounded preceding) as code_bytes
      from (
        select
          task_run.*, state,
          row_number() over (
            order by array_position(${urgency}, state) nulls last, task_run.task collate "C"
          ) as place
        from ops.task_run join ops.task_run_state using (run_id, task)
        where run_id = $1
      ) as placed
      where place <= $2
    ) as listed
    left join lateral (
      select ${codeColumns} where code_bytes <= ${maxCode}
    ) as code on true
  order by started_at nulls last, finished_at, task`;

/** A task of a run ($1) by its name ($2), then its tests, up to a limit of rows ($3). */
export const taskSql = `
  select ${taskColumns}, ${codeColumns}
  from ops.task_run join ops.task_run_state using (run_id, task)
  where run_id = $1 and (task = $2 or kind = 'test' and split_part(task, ':', 1) = $2)
  order by kind = 'test', array_position(${urgency}, state) nulls last, task
  limit $3`;
