import type { Pool } from 'pg';
import { code, display, notebookOf, prose } from './published.js';

/** How large a warehouse is to be. */
export interface WarehouseSize {
  /** Tables and views of the three layers together; each has one test. */
  readonly models: number;
  /** Pipeline runs, each with a task for every model and every test. */
  readonly runs: number;
  /** Published notebooks, each with two runs. */
  readonly notebooks: number;
  readonly files: number;
}

/**
 * Fills a warehouse with relations and a history as large as a team's of many years, by SQL instead of by
 * running anything. Of ten models one is of bronze, three are of silver and six of gold; each reads up to
 * three of those before it. In the newest run two failed, those behind them were blocked, one in
 * thirty passed and all others were unchanged.
 */
export async function fillWarehouse(
  owner: Pool,
  { models, runs, notebooks, files }: WarehouseSize,
): Promise<void> {
  // A function of a session is gone with it: all in one.
  const client = await owner.connect();
  try {
    await client.query(modelFunction);
    await client.query(`
      do $$ begin
        for i in 0 .. ${models - 1} loop
          execute format(
            'create table %s (id bigint not null, month date, plan text, amount numeric, source_file text)',
            pg_temp.model(i));
          execute format('comment on table %s is %L', pg_temp.model(i),
            'One row for each month and plan of part ' || i || ': what was paid in it. Months without any are left out.');
          execute format('comment on column %s.amount is %L', pg_temp.model(i), 'Dollars, tax included');
        end loop;
      end $$`);
    await client.query(
      `insert into ops.pipeline_run
        (trigger, status, data_dir, time_zone, graph, summary, code_version, started_at, finished_at)
      select
        'schedule', case when run = $2 then 'failed' else 'passed' end, 'data', 'America/Toronto', graph,
        '{"lines": {"loaded": 12345, "rejected": 2}, "dataThrough": "2026-01-01T04:59:59Z"}', 'abc1234',
        now() - ($2 - run) * interval '1 hour', now() - ($2 - run) * interval '1 hour' + interval '90 s'
      from
        generate_series(1, $2) as run,
        (
          select jsonb_object_agg(pg_temp.model(i), (
            select coalesce(jsonb_agg(distinct pg_temp.model(source)), '[]')
            from unnest(array[i - 1 - i % 7, i / 2, i / 3]) as source
            where source >= 0 and source < i
          )) as graph
          from generate_series(0, $1 - 1) as i
          where i % 10 > 0
        ) as graph`,
      [models, runs],
    );
    await client.query(
      `insert into ops.task_run
        (run_id, task, kind, status, row_count, sql, reason, error, plan, started_at, finished_at)
      select
        run_id, task.name, task.kind, task.status, case task.kind when 'model' then 1000 + i else 0 end,
        case when task.status in ('passed', 'failed') and task.kind = 'model' then
          'create table next as' || repeat(E'\\n  select id, month, plan, amount from silver.model_00001 where id > 7', 20) end,
        case when task.status = 'unchanged' then 'Nothing that it reads has changed' end,
        case when task.status = 'failed' then '{"code": "MODEL_FAILED", "message": "division by zero"}'::jsonb end,
        case when task.status = 'passed' then '[{"Plan": {"Node Type": "Seq Scan", "Actual Rows": 1000}}]'::jsonb end,
        started_at, started_at + case when task.status = 'unchanged' then interval '0' else i % 900 * interval '1 ms' end
      from
        ops.pipeline_run,
        generate_series(0, $1 - 1) as i,
        lateral (
          select case
            when i % 10 = 0 then 'unchanged'
            when run_id = $2 and i in (501 % $1, 42) then 'failed'
            when run_id = $2 and i in (1002 % $1, 1003 % $1, 84, 85) then 'upstream_failed'
            when (i + run_id) % 29 = 0 then 'passed'
            else 'unchanged'
          end as status
        ) as model,
        lateral (
          values
            (pg_temp.model(i), 'model', model.status),
            (pg_temp.model(i) || ':not_null(id)', 'test',
              case when model.status in ('unchanged', 'passed') then model.status else 'skipped' end)
        ) as task (name, kind, status)
      where i % 10 > 0`,
      [models, runs],
    );
    await client.query(
      `insert into ops.source_file
        (source, source_file, definition, sha256, bytes, line_count, loaded_count, rejected_count, run_id, loaded_at)
      select 'log_event', 'part-' || i || '.log', '', '\\x00', 100000, 1002, 1000, 2, 1 + i % $2, now() - i * interval '1 min'
      from generate_series(1, $1) as i`,
      [files, runs],
    );
    await client.query(
      `insert into ops.task_run (run_id, task, kind, status, row_count, sql, started_at, finished_at)
      select run_id, 'load:' || source_file, 'load', 'passed', 1000, 'copy bronze.log_event from stdin', loaded_at, loaded_at
      from ops.source_file`,
    );
    await client.query(
      `insert into ops.reject (source_file, line_number, byte_offset, reason, message, raw, run_id)
      select source_file, line, line, 'invalid_json', 'unexpected end', '\\x7b3c7363726970743e', run_id
      from ops.source_file, generate_series(1, 2) as line`,
    );
    await client.query(
      `insert into publication.notebook (slug, path, title, summary, position, group_name)
      select
        'book-' || i, 'notebooks/book-' || i || '.ipynb', 'Payments of part ' || i,
        'What was paid in each month, by plan, and how that compares with the year before.', i,
        'Group ' || i % 12
      from generate_series(1, $1) as i`,
      [notebooks],
    );
    await client.query(
      `insert into publication.notebook_run
        (slug, status, document, kernel, code_version, pipeline_run_id, data_through, started_at, finished_at, queries)
      select
        'book-' || i, 'passed', replace($2, 'TITLE', 'Payments of part ' || i), '{"name": "tslab"}', 'abc1234',
        $3 - 1 + passed, '2026-01-01T04:59:59Z', now(), now(),
        jsonb_build_array(jsonb_build_object(
          'sql', 'select month, amount from ' || relation, 'tables', jsonb_build_array(relation),
          'rows', 12, 'milliseconds', 1, 'cell', 2
        ))
      from
        generate_series(0, 1) as passed,
        generate_series(1, $1) as i,
        lateral (select pg_temp.model(i * 7 % $4) as relation) as relation`,
      [notebooks, document, runs, models],
    );
    for (const table of [
      'ops.task_run',
      'ops.pipeline_run',
      'publication.notebook_run',
      'ops.reject',
    ]) {
      await client.query(`vacuum analyze ${table}`);
    }
  } finally {
    client.release();
  }
}

const modelFunction = `
  create function pg_temp.model(i bigint) returns text language sql immutable as $$
    select case when i % 10 = 0 then 'bronze' when i % 10 < 4 then 'silver' else 'gold' end
      || '.model_' || lpad(i::text, 5, '0')
  $$`;

const table =
  '<table><thead><tr><th>month</th><th>amount</th></tr></thead><tbody>' +
  Array.from({ length: 12 }, (_, i) => `<tr><td>2026-${i + 1}</td><td>${i * 1000}</td></tr>`).join(
    '',
  ) +
  '</tbody></table>';

/** A notebook of some cells, TITLE in the place of its title. */
const document = JSON.stringify(
  notebookOf([
    prose('# TITLE\n\nWhat was paid in each month, by plan.'),
    code("await query('select month, amount from gold.model_00004')", [
      display({ 'text/html': table, 'text/plain': 'a table' }),
    ]),
    prose('## By plan\n\nAs above, for each plan by itself.'),
  ]),
);
