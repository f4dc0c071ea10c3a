-- How old the data of a notebook may be before its page says so: `metadata.daybook.maxAge`.

alter table publication.notebook
  add column max_age text check (max_age ~ '^[0-9]{1,6} (minute|hour|day|week)s?$');
comment on column publication.notebook.max_age is 'An interval in words; data older than this are called stale; null: they never are';
