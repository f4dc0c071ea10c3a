-- What a webhook was told, so that what lasts is not told again with each run.

create table ops.told (
  receiver text not null,
  topic text not null,
  digest text not null,
  told_at timestamptz not null default clock_timestamp(),
  primary key (receiver, topic)
);
comment on table ops.told is 'What lasts and was told: until it changes or ends, it is told once a day';
comment on column ops.told.receiver is 'Digest of the address, which is a secret';
comment on column ops.told.topic is 'pipeline, notebooks, or kind and source of a notice';
comment on column ops.told.digest is 'What of it was told; something else is told at once';
