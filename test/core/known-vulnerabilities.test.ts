import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** A package's versions from `from` (inclusive) to `before` (exclusive) have the hole. */
type Hole = readonly [name: string, from: string, before: string, advisory: string];

/**
 * Holes that packages of ours have had, as the GitHub Advisory Database tells of them, so that no change of
 * an override or a lock file brings them back. It is no audit: `npm audit` knows what came since.
 */
const holes: readonly Hole[] = [
  ['request', '0.0.0', '3.0.0', 'CVE-2023-28155'],
  ['@cypress/request', '0.0.0', '3.0.0', 'CVE-2023-28155'],
  ['form-data', '0.0.0', '2.5.4', 'CVE-2025-7783'],
  ['form-data', '3.0.0', '3.0.4', 'CVE-2025-7783'],
  ['form-data', '4.0.0', '4.0.4', 'CVE-2025-7783'],
  ['tough-cookie', '0.0.0', '4.1.3', 'CVE-2023-26136'],
  ['json-schema', '0.0.0', '0.4.0', 'CVE-2021-3918'],
  ['node-fetch', '0.0.0', '2.6.7', 'CVE-2022-0235'],
  ['xlsx', '0.0.0', '0.20.2', 'CVE-2023-30533, CVE-2024-22363'],
  ['qs', '6.7.0', '6.14.1', 'CVE-2025-15284'],
  ['ws', '8.0.0', '8.17.1', 'CVE-2024-37890'],
  ['path-to-regexp', '8.0.0', '8.4.0', 'CVE-2026-4926'],
  ['body-parser', '2.2.0', '2.2.1', 'CVE-2025-13466'],
  ['mdast-util-to-hast', '13.0.0', '13.2.1', 'CVE-2025-66400'],
  ['katex', '0.0.0', '0.16.21', 'CVE-2025-23207'],
  ['brace-expansion', '1.0.0', '1.1.12', 'CVE-2025-5889'],
  ['brace-expansion', '2.0.0', '2.0.2', 'CVE-2025-5889'],
  ['picomatch', '0.0.0', '2.3.2', 'CVE-2026-33671'],
  ['rollup', '0.0.0', '2.80.0', 'CVE-2024-47068, CVE-2026-27606'],
  ['ajv', '0.0.0', '6.14.0', 'CVE-2025-69873'],
  ['ajv', '7.0.0', '8.18.0', 'CVE-2025-69873'],
  ['cross-spawn', '7.0.0', '7.0.5', 'CVE-2024-21538'],
  ['playwright-core', '0.0.0', '1.55.1', 'CVE-2025-59288'],
  ['dompurify', '0.0.0', '3.2.4', 'CVE-2025-26791'],
  ['sanitize-html', '0.0.0', '2.12.1', 'CVE-2024-21501'],
  ['lodash', '0.0.0', '4.17.23', 'CVE-2025-13465'],
  ['lodash-es', '0.0.0', '4.17.23', 'CVE-2025-13465'],
];

interface Lock {
  packages: Record<
    string,
    { name?: string; version?: string; resolved?: string; hasInstallScript?: boolean }
  >;
}

test.each(['package-lock.json', 'lab/package-lock.json'])(
  '%s has no package with a known hole',
  async (file) => {
    const lock = JSON.parse(
      await readFile(join(import.meta.dirname, '../..', file), 'utf8'),
    ) as Lock;
    const found = Object.entries(lock.packages).flatMap(([path, { name, version }]) => {
      const installed =
        name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      if (path === '' || version === undefined) return [];
      return holes
        .filter(([holed, from, before]) => {
          return holed === installed && !isBefore(version, from) && isBefore(version, before);
        })
        .map(([, , , advisory]) => `${installed}@${version}: ${advisory}`);
    });
    expect(found).toEqual([]);
  },
);

test.each(['package-lock.json', 'lab/package-lock.json'])('%s names no registry', async (file) => {
  const text = await readFile(join(import.meta.dirname, '../..', file), 'utf8');
  expect(text).not.toMatch(/"resolved": "\w+:\/\//);
});

test('versions are compared by number', () => {
  expect(isBefore('2.9.0', '2.10.0')).toBe(true);
  expect(isBefore('4.0.4', '4.0.4')).toBe(false);
  expect(isBefore('10.0.0', '9.9.9')).toBe(false);
  // What comes before a release has what that mends.
  expect(isBefore('4.0.4-beta.1', '4.0.4')).toBe(true);
});

function isBefore(version: string, other: string): boolean {
  const numbers = (text: string) => (text.split('-')[0] ?? '').split('.').map(Number);
  const [a, b] = [numbers(version), numbers(other)];
  const index = a.findIndex((part, at) => part !== b[at]);
  return index < 0
    ? version.includes('-') && !other.includes('-')
    : (a[index] ?? 0) < (b[index] ?? 0);
}
