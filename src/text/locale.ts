// The one locale by which this process writes numbers and dates for readers of the publication.

/** The locale of projects that name none. */
export const defaultLocale = 'en-CA';

/**
 * It stands beside the modules: code deep below a chart writes numbers, a notebook may load this package twice, and
 * one process writes for one publication.
 */
interface Surroundings {
  daybookLocale?: { readonly locale: string; readonly writesPages: boolean };
  /** In a browser the page says by which locale it was written. */
  readonly document?: { readonly documentElement: { readonly dataset: DOMStringMapLike } };
}

type DOMStringMapLike = Readonly<Record<string, string | undefined>>;

const surroundings = globalThis as Surroundings;

/**
 * Sets the locale of this process.
 *
 * @param locale - A BCP 47 tag that Intl knows, like `de-DE`.
 * @param writesPages - Whether counts, sizes and durations follow it, too. In a terminal they do not: commands are
 *   English. Default: no.
 */
export function useLocale(locale: string, writesPages = false): void {
  surroundings.daybookLocale = { locale, writesPages };
}

/** The locale of figures, tables, cards and dates. */
export function currentLocale(): string {
  return (
    surroundings.daybookLocale?.locale ??
    surroundings.document?.documentElement.dataset['locale'] ??
    defaultLocale
  );
}

/** The locale of counts, sizes and durations: the publication's on pages, the default in terminals. */
export function countLocale(): string {
  const { daybookLocale } = surroundings;
  return daybookLocale?.writesPages === false ? defaultLocale : currentLocale();
}

/** Whether a text names a locale that this Node.js has the words and signs of. */
export function isKnownLocale(text: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(text).length === 1;
  } catch {
    return false;
  }
}

/** Formatters by their settings, of which there are few: constructing one takes longer than using it. */
const formatters = new Map<string, Intl.NumberFormat>();

/** A formatter of numbers in a locale. */
export function numberFormatter(
  locale: string,
  options: Intl.NumberFormatOptions,
): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formatters.get(key) ?? new Intl.NumberFormat(locale, options);
  formatters.set(key, known);
  return known;
}

/**
 * The digits of a number that is written in the current locale: `-1234.5` of `−1.234,5`; undefined: it is not one.
 */
export function plainDigits(text: string): string | undefined {
  const locale = currentLocale();
  const parts = numberFormatter(locale, {}).formatToParts(-1_234_567.5);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  // By their meaning, so that one pattern fits every locale.
  const marked = text.replaceAll(sign('group') || '#', '#').replace(sign('decimal') || '~', '~');
  return /^[−-]?\d{1,3}(?:#\d{3})*(?:~\d+)?$/.test(marked)
    ? marked.replaceAll('#', '').replace('~', '.').replace(/^−/, '-')
    : undefined;
}

/** What stands before the fraction in a locale. */
export function decimalSign(locale: string): string {
  const parts = numberFormatter(locale, { minimumFractionDigits: 1 }).formatToParts(1.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}
