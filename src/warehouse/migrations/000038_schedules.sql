-- What happens by itself: each time of a schedule is done once, whichever of several processes sees it first.
create table ops.schedule (
  schedule text primary key,
  decided_until timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  timing text not null,
  watched text,
  paused_at timestamptz,
  paused_by text
);
comment on table ops.schedule is 'Schedules of the project file, as far as they have been dealt with';
comment on column ops.schedule.decided_until is 'The last time that was done or left out; later ones are not decided yet';
comment on column ops.schedule.timing is 'When it is due, as the project file said; another text begins anew, from then on';
comment on column ops.schedule.watched is 'The state of the data that it waits for, when it was last due';

create table ops.schedule_firing (
  schedule text not null references ops.schedule on delete cascade,
  due_at timestamptz not null,
  cause text not null check (cause in ('time', 'data', 'asked')),
  asked_by text,
  status text not null
    check (status in ('waiting', 'running', 'passed', 'failed', 'died', 'missed', 'stopped')),
  attempt int not null default 0,
  missed_count int not null default 0,
  process text,
  started_at timestamptz,
  finished_at timestamptz,
  run_id bigint,
  error jsonb,
  stop_asked_by text,
  primary key (schedule, due_at)
);
create index schedule_firing_open on ops.schedule_firing (schedule) where status in ('waiting', 'running');
comment on table ops.schedule_firing is 'What became of each time of a schedule; the key lets only one process do it';
comment on column ops.schedule_firing.missed_count is 'Times before it that were left out';
comment on column ops.schedule_firing.process is 'Host and number of the process that does it, or did';
comment on column ops.schedule_firing.run_id is 'The pipeline run that it led to';

-- Whether the process of a firing still lives, by the lock that it holds while it works.
create view ops.schedule_state as
select
  schedule.schedule,
  exists (
    select from pg_locks
    where
      locktype = 'advisory' and granted and objsubid = 2 and classid = 6
      and objid::bigint = (hashtext(schedule.schedule)::bigint & 4294967295)
      and database = (select oid from pg_database where datname = current_database())
  ) as is_held
from ops.schedule;
comment on view ops.schedule_state is 'Whether a process is at work on a schedule';
