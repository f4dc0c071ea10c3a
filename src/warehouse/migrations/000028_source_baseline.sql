-- What a run may take out was measured by what the run before it had left, so what one refused the next one did.

create table ops.source_baseline (
  source text primary key,
  loaded_count bigint not null,
  since timestamptz not null default clock_timestamp()
);
comment on table ops.source_baseline is 'Loaded lines of each source when a run last kept to all limits: what vanishes is measured by these';
