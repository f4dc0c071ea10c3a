import type { Config, Environment } from '../config.js';

/** Variables of Postgres's own clients that may hold the owner's credentials. */
const credentials = [
  'PGUSER',
  'PGPASSWORD',
  'PGPASSFILE',
  'PGSERVICE',
  'PGSERVICEFILE',
  'PGSSLCERT',
  'PGSSLKEY',
];

/**
 * The environment of a kernel: ours, without anything that would let a notebook write to the
 * warehouse, and with absolute folders, because a kernel runs in the notebook's folder.
 *
 * @param readerUrl - The warehouse for reading; undefined: notebooks find the embedded one in
 *   DAYBOOK_HOME.
 */
export function kernelEnvironment(
  env: Environment,
  config: Pick<Config, 'home' | 'dataDir'>,
  readerUrl: string | undefined,
): Environment {
  const kept = Object.entries(env).filter(
    ([name]) =>
      name !== 'DATABASE_URL' && name !== 'DAYBOOK_READER_URL' && !credentials.includes(name),
  );
  return {
    ...Object.fromEntries(kept),
    DAYBOOK_HOME: config.home,
    DAYBOOK_DATA_DIR: config.dataDir,
    ...(readerUrl === undefined ? {} : { DATABASE_URL: readerUrl, DAYBOOK_READER_URL: readerUrl }),
  };
}
