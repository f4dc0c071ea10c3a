/** How each type of line looks in the logs, to the byte: the order of fields, spaces, escapes. */
const date = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[45]:00`;
const plan = 'PLAN_(BRONZE|SILVER|GOLD)';
const text = String.raw`"([ -!#-\[\]-~]|\\u[0-9a-f]{4})+"`;
const address = String.raw`"'([ -!#-&(-\[\]-~]|\\u[0-9a-f]{4})+,\s?[A-Z]{2} [A-Z]\d[A-Z] \d[A-Z]\d'"`;
const head = (logType: string): string =>
  `^\\{"date": "${date}", "log_type": "${logType}", "level": "INFO", "account": \\d+, `;

const lineShapes = [
  new RegExp(`${head('LOGIN')}"details": "web login"\\}$`),
  new RegExp(`${head('PAGE_ACCESS')}"details": "(add_account|edit_entry|upload)_page"\\}$`),
  new RegExp(`${head('UPLOAD')}"details": "myfile.pdf"\\}$`),
  new RegExp(
    `${head('PLAN_CHANGE')}"details": \\{"change_date": "${date}", "from": "${plan}", "to": "${plan}"\\}\\}$`,
  ),
  new RegExp(
    `${head('SIGN_UP')}"plan": "${plan}", "firstname": ${text}, "lastname": ${text}, "address": ${address}\\}$`,
  ),
];

/** The lines that do not look like any type of line. */
export function misshapen(lines: readonly string[]): string[] {
  return lines.filter((line) => !lineShapes.some((shape) => shape.test(line)));
}
