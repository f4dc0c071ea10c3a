-- What others show beside a link to a notebook's page (Open Graph): a picture of its main chart.

alter table publication.notebook_run add column picture bytea;
comment on column publication.notebook_run.picture is 'PNG of the main chart, made at publication where there is a browser; empty: it has no chart to be drawn; null: none was made';
