/** Lines as the logs have them: the order of the fields and the space after colon and comma too. */

/** What a customer does at the site, apart from signing up and changing plans. */
export const activities = [
  { logType: 'LOGIN', details: 'web login' },
  { logType: 'PAGE_ACCESS', details: 'add_account_page' },
  { logType: 'PAGE_ACCESS', details: 'edit_entry_page' },
  { logType: 'PAGE_ACCESS', details: 'upload_page' },
  { logType: 'UPLOAD', details: 'myfile.pdf' },
] as const;

/** The text between the date and the account, and after the account, of each of {@link activities}. */
const activityParts = activities.map(({ logType, details }) => ({
  middle: `", "log_type": "${logType}", "level": "INFO", "account": `,
  end: `, "details": "${details}"}\n`,
}));

/** @param activity - An index of {@link activities}. */
export function activityLine(date: string, activity: number, account: number): string {
  const parts = activityParts[activity];
  return parts === undefined ? '' : `{"date": "${date}${parts.middle}${account}${parts.end}`;
}

/** The fields of a sign-up. */
export interface SignUp {
  date: string;
  account: number;
  plan: string;
  firstname: string;
  lastname: string;
  /** With the single quotes around it. */
  address: string;
}

export function signUpLine({ date, account, plan, firstname, lastname, address }: SignUp): string {
  return (
    `{"date": "${date}", "log_type": "SIGN_UP", "level": "INFO", "account": ${account}, ` +
    `"plan": "${plan}", "firstname": ${asciiJson(firstname)}, "lastname": ${asciiJson(lastname)}, ` +
    `"address": ${asciiJson(address)}}\n`
  );
}

/** The fields of a change of plan. */
export interface PlanChange {
  date: string;
  account: number;
  from: string;
  to: string;
}

export function planChangeLine({ date, account, from, to }: PlanChange): string {
  return (
    `{"date": "${date}", "log_type": "PLAN_CHANGE", "level": "INFO", "account": ${account}, ` +
    `"details": {"change_date": "${date}", "from": "${from}", "to": "${to}"}}\n`
  );
}

/** JSON text in ASCII alone: everything else is escaped as `\u00e9`, as the logs do it. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
