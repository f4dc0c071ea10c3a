/** Lines of hand-made logs, as the real ones have them. Dates are RFC 3339 with their offset. */

export function login(account: number, date: string): string {
  return JSON.stringify({ date, log_type: 'LOGIN', level: 'INFO', account, details: 'web login' });
}

export function pageAccess(account: number, date: string): string {
  const details = 'upload_page';
  return JSON.stringify({ date, log_type: 'PAGE_ACCESS', level: 'INFO', account, details });
}

/** What a sign-up says beside who and when; null leaves the field out. */
export interface SignUpFields {
  plan?: string | null;
  address?: string | null;
}

export function signUp(account: number, date: string, fields: SignUpFields = {}): string {
  const { plan = 'PLAN_BRONZE', address = "'12 Elm St., Kingston, ON K7L 1A1'" } = fields;
  return JSON.stringify({
    ...{ date, log_type: 'SIGN_UP', level: 'INFO', account },
    ...(plan === null ? {} : { plan }),
    ...{ firstname: 'Ada', lastname: 'Campbell' },
    ...(address === null ? {} : { address }),
  });
}

/** @param details - Text takes the place of the object. */
export function planChange(
  account: number,
  date: string,
  details: { from: string; to: string } | string,
): string {
  return JSON.stringify({
    ...{ date, log_type: 'PLAN_CHANGE', level: 'INFO', account },
    details: typeof details === 'string' ? details : { change_date: date, ...details },
  });
}
