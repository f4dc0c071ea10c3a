/** The problem of a time zone's name; undefined: it is valid. */
export function timeZoneProblem(value: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return undefined;
  } catch {
    return `"${value}" is not an IANA time zone, like Europe/Berlin`;
  }
}
