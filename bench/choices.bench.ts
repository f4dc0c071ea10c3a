import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { formatNotebook } from '../src/nbformat/write-notebook.js';
import { runProcess, spread } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const rounds = 5;

/** Ten cells, of which two depend on what the first one declares. */
const cells = [
  `const region: 'r0' | 'r1' | 'r2' | 'r3' | 'r4' | 'r5' = 'r0';\nconst year: 2016 | 2017 | 2018 | 2019 = 2016;`,
  `import { plot, table } from 'daybook/display';`,
  'const rows = Array.from({ length: 10_000 }, (_, i) => ({ region: `r${i % 6}`, year: 2016 + (i % 4), amount: (i * 7919) % 1000 }));',
  'const sum = (of: typeof rows) => of.reduce((total, { amount }) => total + amount, 0);\nconst total = sum(rows);\nconsole.log(total);',
  'const byRegion = [0, 1, 2, 3, 4, 5].map((n) => ({ name: `r${n}`, amount: sum(rows.filter((row) => row.region === `r${n}`)) }));\ntable(byRegion);',
  'const years = [2016, 2017, 2018, 2019].map((y) => ({ y, amount: sum(rows.filter((row) => row.year === y)) }));\ntable(years);',
  'const share = (part: number) => `${((part / total) * 100).toFixed(1)} %`;',
  'const chosen = rows.filter((row) => row.region === region && row.year === year);\nconsole.log(chosen.length, share(sum(chosen)));',
  `plot({ data: [{ type: 'bar', x: years.map(({ y }) => y), y: years.map(({ amount }) => amount) }], title: 'Years', alt: 'A bar for each year' });`,
  'table(chosen.slice(0, 20));',
];

test('choices of a notebook', { timeout: 900_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-choices-'));
  const env = { ...process.env, DAYBOOK_HOME: join(folder, '.daybook'), CI: '1' };
  const run = (...args: string[]) =>
    runProcess(process.execPath, [join(root, 'bin/daybook.js'), ...args], { cwd: folder, env });
  try {
    for (const name of ['node_modules', 'dist']) symlinkSync(join(root, name), join(folder, name));
    for (const name of ['package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(folder, name));
    }
    mkdirSync(join(folder, 'sql'));
    const one = write(folder, 'one/one.ipynb', []);
    const many = write(folder, 'notebooks/many.ipynb', ['region', 'year']);
    const took: { one: number; many: number }[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const [single, all] = [await timeOf(run, one), await timeOf(run, many)];
      // The first round makes the warehouse and fills caches.
      if (round > 0) took.push({ one: single, many: all });
    }
    const seconds = (of: number[]) => `${(spread(of).median / 1000).toFixed(2)} s`;
    const ratio = spread(took.map((pair) => pair.many / pair.one)).median;
    await reportTable('choices', {
      title: 'Choices of a notebook',
      method: `Whole processes that publish, medians of ${rounds} rounds by turns: one run of a notebook of ten cells, and a run of its 24 choices, on which two cells depend. The ratio is the median of the pairs'.`,
      columns: ['one run', '24 choices', 'ratio', 'goal'],
      rows: [
        [
          seconds(took.map((pair) => pair.one)),
          seconds(took.map((pair) => pair.many)),
          ratio.toFixed(2),
          '≤ 1.6',
        ],
      ],
    });
  } finally {
    await run('db', 'stop');
    rmSync(folder, { recursive: true, force: true });
  }
});

async function timeOf(
  run: (...args: string[]) => ReturnType<typeof runProcess>,
  file: string,
): Promise<number> {
  const { exitCode, output, milliseconds } = await run('notebooks', 'run', file, '--force');
  if (exitCode !== 0) throw new Error(`exit code ${exitCode ?? '?'}\n${output}`);
  return milliseconds;
}

function write(folder: string, path: string, choices: readonly string[]): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  const notebook = {
    ...{ nbformat: 4 as const, nbformat_minor: 5 },
    metadata: choices.length === 0 ? {} : { daybook: { choices: [...choices] } },
    cells: cells.map((source, index) => ({
      ...{ cell_type: 'code' as const, id: `cell-${index}`, source },
      metadata: index === 0 ? { tags: ['parameters'] } : {},
      ...{ execution_count: null, outputs: [] },
    })),
  };
  writeFileSync(file, formatNotebook(notebook));
  return file;
}
