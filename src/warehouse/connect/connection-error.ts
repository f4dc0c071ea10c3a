// Messages about failed connections, with advice.

import { DaybookError } from '../../errors.js';
import { sqlstate, sqlstateOf } from '../query/sqlstate.js';

/**
 * A failed connection as a message with advice, without the password.
 *
 * @param error - What `pg` threw.
 * @param url - The URL of the attempt.
 */
export function describeConnectionError(error: unknown, url: string): unknown {
  if (error instanceof DaybookError) return error;
  const { user, host, database, tls } = describeUrl(url);
  const at = `${user}@${host}/${database}`;
  switch (sqlstateOf(error)) {
    case sqlstate.invalidPassword:
      return refused(`${at}: the password is wrong or missing`, error, {
        hint: 'Check user and password in DATABASE_URL; write special characters as %XX',
      });
    case sqlstate.invalidAuthorization:
      return refused(`${at}: the server does not let this user in`, error, {
        hint: tls
          ? `Check that role ${user} exists and that pg_hba.conf lets it in from here`
          : `If the server wants TLS, add ?sslmode=verify-full to DATABASE_URL; otherwise check role ${user} and pg_hba.conf`,
      });
    case sqlstate.invalidCatalogName:
      return new DaybookError(
        'WAREHOUSE_DATABASE_MISSING',
        `The server at ${host} has no database "${database}"`,
        {
          cause: error,
          hint: `Make it: create database "${database}" (as ${user} or a superuser)`,
        },
      );
    case undefined:
      break;
    default:
      return unavailable(`The warehouse ${at} does not take the connection`, error);
  }
  if (error instanceof Error && error.message === noPassword) {
    return refused(`${at}: the server asks for a password, and there is none`, error, {
      hint: 'Write it into DATABASE_URL, or set PGPASSWORD',
    });
  }
  // A file that the URL names; a missing socket is a failed connection.
  const file = unreadableFile(error);
  if (file !== undefined) {
    return new DaybookError('WAREHOUSE_TLS', `${host}: ${file} cannot be read`, {
      cause: error,
      hint: 'sslrootcert, sslcert and sslkey in DATABASE_URL name files on this machine',
    });
  }
  const code = nodeCode(error);
  if (code !== undefined && tlsCodes.test(code)) {
    return new DaybookError(
      'WAREHOUSE_TLS',
      `${host}: the server's certificate is not trusted (${code})`,
      {
        cause: error,
        hint:
          code === 'ERR_TLS_CERT_ALTNAME_INVALID'
            ? 'Name the server in DATABASE_URL by a host name that is in its certificate'
            : 'Add sslrootcert=FILE, the certificate of its authority, to the parameters of DATABASE_URL',
      },
    );
  }
  if (error instanceof Error && error.message === noTls) {
    return new DaybookError('WAREHOUSE_TLS', `${host}: no TLS connection came about`, {
      cause: error,
      hint: 'If the server has no TLS, take sslmode out of DATABASE_URL',
    });
  }
  return unavailable(
    `The warehouse at ${host} cannot be reached${code === undefined ? '' : ` (${code})`}`,
    error,
  );
}

/** The driver's message for a server without TLS, which has no code. */
const noTls = 'The server does not support SSL connections';

/** The driver's message for a server that requires a password. */
const noPassword = 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string';

const tlsCodes = /CERT|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/;

function refused(message: string, cause: unknown, options: { hint: string }): DaybookError {
  return new DaybookError('WAREHOUSE_ACCESS_DENIED', message, { cause, ...options });
}

function unavailable(message: string, cause: unknown): DaybookError {
  return new DaybookError('WAREHOUSE_UNAVAILABLE', message, {
    // A host like "localhost" has several addresses, each with a failure: the first suffices.
    cause: cause instanceof AggregateError ? (cause.errors as unknown[])[0] : cause,
    hint: 'Check that the server runs and that host and port in DATABASE_URL are right',
  });
}

/** The parts of a URL that may be shown. */
export function describeUrl(url: string) {
  const { username, host, pathname, searchParams } = new URL(url);
  const user = decodeURIComponent(username) || 'the default user';
  const sslmode = searchParams.get('sslmode') ?? searchParams.get('ssl') ?? 'disable';
  return {
    user,
    host: host === '' ? 'localhost' : host,
    database: decodeURIComponent(pathname.slice(1)) || user,
    tls: !/^(disable|false|0)$/.test(sslmode),
  };
}

function unreadableFile(error: unknown): string | undefined {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return error instanceof Error && syscall === 'open' ? path : undefined;
}

function nodeCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
