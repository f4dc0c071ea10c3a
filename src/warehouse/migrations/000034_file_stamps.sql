-- A stamp changes while a file's lines do not, and made the ledger another one for whoever has read it.
create table ops.file_stamp (
  source_file text primary key references ops.source_file (source_file) on update cascade on delete cascade,
  stamp text
);
comment on table ops.file_stamp is 'By which a file that nobody wrote to is known without reading it';
comment on column ops.file_stamp.stamp is 'Where the file lay and when it last changed, as the file system said; null: look at its content';

insert into ops.file_stamp (source_file, stamp) select source_file, stamp from ops.source_file;
alter table ops.source_file drop column stamp;
