#!/bin/sh
# Run once by the postgres image on an empty volume: the role of those who only read, with a
# password of its own. What it may read is granted by Daybook's migrations.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set=password="$DAYBOOK_READER_PASSWORD" <<'SQL'
create role daybook_reader login password :'password';
SQL
