-- Runs of notebooks that somebody refers to are pinned: they are kept whatever the retention says.

alter table publication.notebook_run add column pinned_until timestamptz;
comment on column publication.notebook_run.pinned_until is 'Until when the run is kept in any case; infinity: for good; null: it is not pinned';
create index on publication.notebook_run (slug, run_id) where pinned_until is not null;
