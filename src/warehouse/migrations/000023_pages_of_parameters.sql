-- Pages of notebooks with other values are known by these, so that later runs bring them up to date and
-- people can take them off the dashboard. A page knows the project that published it, too.

alter table publication.notebook add column parameters json;
alter table publication.notebook add column project text;
comment on column publication.notebook.parameters is 'The values of its runs that are not those in the file, by name, in the order of the notebook; null: it runs with those in the file';
comment on column publication.notebook.project is 'The folder of the project that published it last';

-- Pages of before have them in what their newest run depended on, as JSON text; all of its values.
update publication.notebook
set parameters = (
  select json_object_agg(given.name, given.value::json)
  from (
    select inputs from publication.notebook_run as run
    where run.slug = notebook.slug and inputs is not null
    order by run_id desc limit 1
  ) as latest
  cross join lateral jsonb_each_text(latest.inputs -> 'parameters') as given (name, value)
)
where slug like '%--%'
  and slug <> regexp_replace(regexp_replace(path, '^.*/', ''), '\.ipynb$', '');

alter table publication.collection_run add column new_pages boolean not null default false;
comment on column publication.collection_run.new_pages is 'Whether values that have no page yet were to have one';

-- A number means one run, of one notebook or of several: both are drawn from one sequence.
alter table publication.collection_run alter column collection_run_id drop identity;
alter table publication.collection_run
  alter column collection_run_id set default nextval('publication.notebook_run_run_id_seq');
select setval(
  'publication.notebook_run_run_id_seq',
  greatest(
    (select coalesce(max(run_id), 0) from publication.notebook_run),
    (select coalesce(max(collection_run_id), 0) from publication.collection_run),
    (select last_value from publication.notebook_run_run_id_seq) - 1
  ) + 1,
  false
);
