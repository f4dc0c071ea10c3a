import { DaybookError } from '../../errors.js';
import { describeUrl } from './connection-error.js';

/** What must be right of a server before anything is asked of it. */
export interface ServerFacts {
  /** Like `18.4`. */
  readonly version: string;
  /** The same as a number, 180004. */
  readonly number: number;
  /** The database's, like `UTF8`. */
  readonly encoding: string;
}

/** Asks for {@link ServerFacts}. */
export const serverFacts = `
  select
    current_setting('server_version') as version,
    current_setting('server_version_num')::int as number,
    current_setting('server_encoding') as encoding`;

/** The oldest version that the tests are run on. */
const oldestMajor = 14;

/**
 * Refuses a server whose version no test has seen, and a database that cannot hold every text.
 *
 * @param url - Where it is, for the message.
 * @throws DaybookError `WAREHOUSE_UNSUPPORTED`.
 */
export function checkServer({ version, number, encoding }: ServerFacts, url: string): void {
  const { host, database } = describeUrl(url);
  if (number < oldestMajor * 10_000) {
    throw new DaybookError(
      'WAREHOUSE_UNSUPPORTED',
      `The server at ${host} is Postgres ${version}; Daybook needs ${oldestMajor} or newer`,
      { hint: 'Upgrade it, or leave DATABASE_URL unset: Daybook brings a Postgres of its own' },
    );
  }
  if (encoding !== 'UTF8') {
    throw new DaybookError(
      'WAREHOUSE_UNSUPPORTED',
      `The database "${database}" at ${host} is encoded as ${encoding}, which cannot hold every line of a log`,
      { hint: `Make another: create database NAME encoding 'UTF8' template template0` },
    );
  }
}
