-- A file may be an object of a store, whose bucket may keep versions: the one that was loaded can be fetched again.
alter table ops.source_file add column object_version text;
comment on column ops.source_file.object_version is 'The version of the object that was loaded; null: a file of the data folder, or a bucket without versions';
