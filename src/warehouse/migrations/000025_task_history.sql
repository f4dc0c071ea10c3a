-- The newest task of a relation is found without a walk over its history. The order is that of bytes,
-- whatever the database's collation is: the tests of a relation are those between its name with ':' and with ';'.
create index task_run_by_task on ops.task_run (task collate "C", run_id desc);
create index task_run_built on ops.task_run (task collate "C", run_id desc)
  where kind in ('model', 'view') and status = 'passed';
create index task_run_statements on ops.task_run (task collate "C", run_id desc)
  where kind in ('model', 'view') and sql is not null;
