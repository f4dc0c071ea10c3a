/**
 * The SQLSTATEs that Daybook reacts to, by Postgres's condition names
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html). Messages change and are translated;
 * these codes are not.
 */
export const sqlstate = {
  protocolViolation: '08P01',
  invalidAuthorization: '28000',
  invalidPassword: '28P01',
  invalidCatalogName: '3D000',
  invalidSchemaName: '3F000',
  syntaxError: '42601',
  featureNotSupported: '0A000',
  undefinedObject: '42704',
  undefinedTable: '42P01',
  undefinedColumn: '42703',
  undefinedFunction: '42883',
  duplicateObject: '42710',
  uniqueViolation: '23505',
  insufficientPrivilege: '42501',
  invalidDatetimeFormat: '22007',
  invalidParameterValue: '22023',
  readOnlyTransaction: '25006',
  dependentObjectsStillExist: '2BP01',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  cannotConnectNow: '57P03',
  tooManyConnections: '53300',
} as const;

/**
 * The SQLSTATE of a thrown value, or undefined when it is not an error of the Postgres server.
 * Node's own errors (`ECONNREFUSED`) also have a `code`; only five characters of the SQLSTATE
 * alphabet count.
 */
export function sqlstateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
