comment on column ops.model_file.days is 'The days, in the report''s time zone, of the events that were taken from it';
