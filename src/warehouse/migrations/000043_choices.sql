-- A notebook whose parameters readers may choose has a page for each combination of values, at one address.

alter table publication.notebook add column choices jsonb;
alter table publication.notebook add column choice_of text;
alter table publication.notebook add column choice jsonb;
comment on column publication.notebook.choices is 'The parameters that readers may choose, with their values and labels, in order; null: none';
comment on column publication.notebook.choice_of is 'The notebook of whose choices this is one page; null: it is listed by itself';
comment on column publication.notebook.choice is 'The values of that page, by name';
