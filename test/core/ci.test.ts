import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';

const root = join(import.meta.dirname, '../..');

/** What `.ci/run` ends with where `npm test` and `npm run check:node` do these things. */
function endOfRun(
  parts: { tests: string; versions: string },
  files: Record<string, string> = {},
): { lines: string[]; status: number | null } {
  const installed = '#!/bin/sh\nexit 0\n';
  const folder = temporaryFolder({
    ...files,
    'bin/npm': `#!/bin/sh\ncase "$1" in test) ${parts.tests};; run) ${parts.versions};; esac\n`,
    'bin/chromium': installed,
    'bin/pgbouncer': installed,
    'bin/python3': installed,
  });
  for (const name of ['npm', 'chromium', 'pgbouncer', 'python3']) {
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const { stdout, status } = spawnSync('bash', [join(root, '.ci/run')], {
    env: {
      ...process.env,
      PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
      FOLDER: folder,
      NO_COLOR: '1',
    },
    encoding: 'utf8',
  });
  return { lines: stdout.trimEnd().split('\n'), status };
}

describe('.ci/run ends with what failed, and the count last', () => {
  test('in tests, files, and on a version of Node.js', () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { lines, status } = endOfRun(
      {
        tests: `node ${vitest} run --root "$FOLDER"`,
        versions: 'echo "Node.js 22: failed: npx vitest run: 1"; echo "1 passed, 1 failed"; exit 1',
      },
      {
        'vitest.config.ts': `
          import { SummaryReporter } from ${JSON.stringify(join(root, 'test/summary-reporter.ts'))};
          export default { test: { globals: true, reporters: [new SummaryReporter()] } };`,
        'sums.test.js': `
          describe('sums', () => {
            test('hold', () => { expect(1 + 1).toBe(2); });
            test('break', () => { expect(1 + 1).toBe(3); });
            test('speak long', () => { throw new Error('one\\n\\ntwo\\nthree\\nfour'); });
            test('wait', (context) => { context.skip('for nothing'); });
          });`,
        'torn.test.js': `throw new TypeError('cannot be read');`,
      },
    );
    expect(lines.slice(lines.indexOf('What failed:'))).toEqual([
      'What failed:',
      '  torn.test.js',
      '      cannot be read',
      '  sums.test.js > sums > break',
      '      expected 2 to be 3 // Object.is equality',
      '  sums.test.js > sums > speak long',
      '      one',
      '      two',
      '      three',
      'Node.js 22: failed: npx vitest run: 1',
      '2 passed, 4 failed',
    ]);
    expect(status).toBe(1);
    expect(lines).toContain('  left out: sums.test.js > sums > wait: for nothing');
  });

  test('where a part ends without its count', () => {
    const { lines, status } = endOfRun({
      tests: 'echo "src/a.ts(1,1): error TS1005"; exit 2',
      versions: 'echo "4 passed, 0 failed"',
    });
    expect(lines.slice(lines.indexOf('What failed:'))).toEqual([
      'What failed:',
      'tests: ended without a count, with these lines:',
      '  src/a.ts(1,1): error TS1005',
      '4 passed, 1 failed',
    ]);
    expect(status).toBe(2);
  });

  test('where every test passed, but runs too few lines', () => {
    const error = 'ERROR: Coverage for lines (1%) does not meet "src/text/**" threshold (100%)';
    const { lines, status } = endOfRun({
      tests: `echo "10 passed, 0 failed"; echo '${error}' >&2; exit 1`,
      versions: 'echo "4 passed, 0 failed"',
    });
    expect(lines.slice(lines.indexOf('What failed:'))).toEqual([
      'What failed:',
      error,
      '14 passed, 1 failed',
    ]);
    expect(status).toBe(1);
  });

  test('and nothing but the count where nothing failed', () => {
    const { lines, status } = endOfRun({
      tests: 'echo "10 passed, 0 failed"',
      versions: 'echo "4 passed, 0 failed"',
    });
    expect(lines).toEqual(['10 passed, 0 failed', '4 passed, 0 failed', '14 passed, 0 failed']);
    expect(status).toBe(0);
  });
});
