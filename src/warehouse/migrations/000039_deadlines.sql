-- What did not arrive in time: noted once, and told once when it was missed and once when it came.
create table ops.deadline (
  deadline text primary key,
  declared_at timestamptz not null default clock_timestamp(),
  terms text not null
);
comment on table ops.deadline is 'Deadlines of the project file, since they are as they are';
comment on column ops.deadline.terms is 'What has to arrive and until when; other terms begin anew';

create table ops.deadline_miss (
  deadline text not null references ops.deadline on delete cascade,
  due_at timestamptz not null,
  since timestamptz not null,
  arrived_at timestamptz,
  noted_at timestamptz not null default clock_timestamp(),
  told_missed_at timestamptz,
  told_arrived_at timestamptz,
  primary key (deadline, due_at)
);
comment on table ops.deadline_miss is 'Deadlines that passed before what they are about had arrived';
comment on column ops.deadline_miss.since is 'From when on an arrival counts';
