/**
 * An instant as the text that plotly reads, on the calendar of UTC: given as a number, each reader
 * would see it on the calendar of his own zone. What is beyond four digits of year stays as it is.
 *
 * @param time - Milliseconds since 1970.
 */
export function timeText(time: number): string | number {
  const date = new Date(Math.round(time));
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return time;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/(?: 00:00)?(?::00)?\.000Z$|Z$/, '');
}
