// Notices of a run: rejected lines, removed lines, drift, stale sources.

import { countOf, formatCount } from '../../../text/amounts.js';
import type { Drift, FileReport, Notice } from '../../../history/reports/pipeline-report.js';
import type { Stale } from '../../../history/files/ledger.js';

/** Lines that a source lost in a run, within its limit. */
export interface Loss {
  readonly source: string;
  readonly lines: number;
  readonly before: number;
}

/** The most names in a notice. */
const mostNames = 3;

/**
 * Notices that need attention although the run passes: rejected lines of this run, removed lines, drift, and
 * sources without new events.
 */
export function noticesOf(
  files: readonly FileReport[],
  losses: readonly Loss[],
  drift: readonly Drift[],
  stale: readonly Stale[],
): Notice[] {
  return [
    ...bySource(files.filter(({ rejected, blank = 0 }) => rejected > blank)).map(
      ([source, own]): Notice => {
        const lines = own.reduce((sum, { rejected, blank = 0 }) => sum + rejected - blank, 0);
        const names = listed(own.map(({ file }) => file));
        return {
          kind: 'rejects',
          source,
          message: `${countOf(lines, 'line')} rejected in ${names}`,
        };
      },
    ),
    ...losses.map(({ source, lines, before }): Notice => {
      const message = `${formatCount(lines)} of ${countOf(before, 'line')} went: files are gone or shorter`;
      return { kind: 'removed', source, message };
    }),
    ...bySource(drift).map(([source, own]): Notice => {
      const names = listed(own.map(({ name, detail }) => `${name} ${detail}`));
      return {
        kind: 'drift',
        source,
        message: `${countOf(own.length, 'change')} of shape: ${names}`,
      };
    }),
    ...stale.map(({ source, newest, ageMs }): Notice => {
      const hours = Math.round(ageMs / 3_600_000);
      const last = newest === null ? 'no event at all' : `the newest event is from ${newest}`;
      return { kind: 'stale', source, message: `${last}; it may be ${countOf(hours, 'hour')} old` };
    }),
  ];
}

function bySource<Item extends { readonly source: string }>(
  items: readonly Item[],
): [source: string, items: readonly Item[]][] {
  const sources = new Map<string, Item[]>();
  for (const item of items) {
    sources.set(item.source, [...(sources.get(item.source) ?? []), item]);
  }
  return [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
}

function listed(names: readonly string[]): string {
  const more = names.length > mostNames ? ` and ${formatCount(names.length - mostNames)} more` : '';
  return names.slice(0, mostNames).sort().join(', ') + more;
}
