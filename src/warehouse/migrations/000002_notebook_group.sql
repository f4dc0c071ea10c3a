-- Notebooks stand in groups on the dashboard: `metadata.daybook.group`.

alter table publication.notebook add column group_name text not null default '';
comment on column publication.notebook.group_name is 'What the notebook is listed under; empty: nothing of its own';
