import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';
import { tslabKernelspec } from '../src/tslab/kernelspec.js';
import { formatNotebook } from '../src/nbformat/write-notebook.js';
import { peakOfChildren, runProcess, spread, type ProcessCost } from './measure.js';
import { reportTable } from './report.js';

const root = join(import.meta.dirname, '..');
const rounds = 3;

/** The peer: nbclient by `jupyter nbconvert --execute`, from NBCONVERT or the PATH. */
const nbconvert = [
  process.env['NBCONVERT'] ?? '',
  ...(process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'jupyter-nbconvert')),
].find((path) => path !== '' && existsSync(path));

test('running notebooks', { timeout: 900_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-notebooks-'));
  try {
    for (const name of ['node_modules', 'dist']) symlinkSync(join(root, name), join(folder, name));
    for (const name of ['package.json', 'package-lock.json']) {
      cpSync(join(root, name), join(folder, name));
    }
    mkdirSync(join(folder, 'sql'));
    const one = [notebook(folder, 'one/one.ipynb', 1)];
    const four = [1, 2, 3, 4].map((n) => notebook(folder, `notebooks/n${n}.ipynb`, 10));
    const env = { ...process.env, DAYBOOK_HOME: join(folder, '.daybook'), CI: '1' };
    const command = (args: readonly string[]) =>
      [
        process.execPath,
        [join(root, 'bin/daybook.js'), 'notebooks', 'run', ...args],
        { cwd: folder, env },
      ] as const;
    const daybook = async (args: readonly string[]) =>
      succeeded(await runProcess(...command(args)));
    const output = join(folder, 'executed');
    const plain = plainTslab(folder);
    const peer = (files: readonly string[]) => async () =>
      succeeded(
        await runProcess(
          nbconvert ?? '',
          [
            '--to',
            'notebook',
            '--execute',
            '--output-dir',
            output,
            '--ExecutePreprocessor.kernel_name=plain-tslab',
            ...files,
          ],
          { cwd: folder, env: { ...env, JUPYTER_PATH: plain } },
        ),
      );
    const rows: string[][] = [];
    const compare = async (
      name: string,
      goal: string,
      args: readonly string[],
      theirs: (() => Promise<ProcessCost>) | undefined,
    ) => {
      const costs: Record<'ours' | 'theirs', ProcessCost[]> = { ours: [], theirs: [] };
      for (let round = 0; round < rounds; round += 1) {
        costs.ours.push(await daybook(args));
        if (theirs !== undefined && nbconvert !== undefined) costs.theirs.push(await theirs());
      }
      const time = (of: ProcessCost[]) => spread(of.map(({ milliseconds }) => milliseconds)).median;
      const memory = spread(costs.ours.map(({ peakMemory }) => peakMemory)).max / 1e6;
      // Looked at in a run of its own: it takes time.
      const others = (await peakOfChildren(...command(args))) / 1e6;
      const compared = costs.theirs.length > 0;
      rows.push([
        name,
        `${(time(costs.ours) / 1000).toFixed(2)} s`,
        compared ? `${(time(costs.theirs) / 1000).toFixed(2)} s` : '–',
        compared ? (time(costs.ours) / time(costs.theirs)).toFixed(2) : '–',
        goal,
        `${memory.toFixed(0)} MB`,
        others < 1 ? '–' : `${others.toFixed(0)} MB`,
      ]);
    };
    await daybook([]); // the warehouse is made, and the notebooks have run
    // --force: the types are checked in each run, although they were before.
    await compare(
      'one notebook of one cell',
      '≤ 0.5',
      ['--no-publish', '--force', ...one],
      peer(one),
    );
    await compare('four notebooks of ten cells', '≤ 0.4', ['--force'], peer(four));
    await compare('the same four, their types known', '≤ 0.4', ['--no-publish'], peer(four));
    await compare('the same four, nothing changed', '≤ 1 s', [], undefined);
    await reportTable('notebooks', {
      title: 'Running notebooks',
      method: `Whole processes, medians of ${rounds} rounds by turns. Daybook checks types while its kernels start, and in the second row publishes what it ran; nbconvert --execute (nbclient) drives plain tslab. In the third row, only data has changed since an earlier run: the code passed the check then. Memory is the most that Daybook's own process took, which must be ≤ 150 MB; beside it, that of its kernels (three processes each) and of the type check together.`,
      columns: ['what', 'Daybook', 'nbconvert', 'ratio', 'goal', 'memory', 'kernels and check'],
      rows,
      leftOut: nbconvert === undefined ? ['jupyter-nbconvert (in NBCONVERT or the PATH)'] : [],
    });
  } finally {
    await runProcess(process.execPath, [join(root, 'bin/daybook.js'), 'db', 'stop'], {
      cwd: folder,
      env: { ...process.env, DAYBOOK_HOME: join(folder, '.daybook') },
    });
    rmSync(folder, { recursive: true, force: true });
  }
});

function succeeded(cost: ProcessCost): ProcessCost {
  if (cost.exitCode !== 0) throw new Error(`exit code ${cost.exitCode ?? '?'}\n${cost.output}`);
  return cost;
}

function notebook(folder: string, path: string, cellCount: number): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  const cells = Array.from({ length: cellCount }, (_, index) => ({
    cell_type: 'code' as const,
    id: `cell-${index}`,
    metadata: {},
    source: `const value${index}: number = ${index};\nconsole.log(value${index});`,
    execution_count: null,
    outputs: [],
  }));
  writeFileSync(file, formatNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  return file;
}

/** tslab as a kernel of other Jupyters; returns the folder for JUPYTER_PATH. */
function plainTslab(folder: string): string {
  const path = join(folder, 'jupyter');
  mkdirSync(join(path, 'kernels', 'plain-tslab'), { recursive: true });
  const { argv } = tslabKernelspec();
  writeFileSync(
    join(path, 'kernels', 'plain-tslab', 'kernel.json'),
    JSON.stringify({ argv, display_name: 'tslab', language: 'typescript' }),
  );
  return path;
}
