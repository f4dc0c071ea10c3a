/** What is wrong with the name of a time zone; undefined: nothing. */
export function timeZoneProblem(value: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return undefined;
  } catch {
    return `"${value}" is not an IANA time zone, like Europe/Berlin`;
  }
}
