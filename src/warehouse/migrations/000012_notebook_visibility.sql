-- Notebooks say who may read them where people sign in to the dashboard.

alter table publication.notebook add column visibility jsonb;
comment on column publication.notebook.visibility is '"public", "signed-in" or a list of groups; null: it does not say';
