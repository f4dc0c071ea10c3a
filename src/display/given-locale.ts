// The locale that a run gives to the kernels it starts, in their environment.

import { isKnownLocale, useLocale } from '../text/locale.js';

/** Writes by the locale of the run; without one, by the default. */
export function takeGivenLocale(): void {
  const given = process.env['DAYBOOK_LOCALE'];
  if (given !== undefined && isKnownLocale(given)) useLocale(given);
}
