// @module-tag heavy
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../database.js';
import { packagesIn, somebodyWithPackages } from './installed.js';
import { pageValues } from './page-values.js';
import { buildPreviousRelease, hasPreviousRelease, previousRelease } from './previous-release.js';
import { tableRows } from './table-rows.js';

/** Two versions are installed from npm, and one is built. */
const patience = 1_200_000;

test(
  'a project of the previous release keeps its tables, pages and history',
  { timeout: patience },
  async (context) => {
    if (!process.env['CI']) context.skip('installs packages from the network; CI=true runs it');
    if (!(await hasPreviousRelease())) {
      context.skip(`the history of this clone has no ${previousRelease.commit}`);
    }
    const folder = mkdtempSync(join(tmpdir(), 'daybook-previous-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const previous = await buildPreviousRelease(folder);
    const { run, publish, leave, folder: home } = await somebodyWithPackages(previous);
    onTestFinished(leave);
    const project = join(home, 'mein Projekt');
    const done = async (cwd: string, ...command: readonly string[]) => {
      const ended = await run(cwd, ...command);
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
      return ended;
    };
    const create = ['npm', 'create', '--yes', 'daybook@latest', 'mein Projekt', '--'];
    await done(home, ...create, '--template', 'customers');
    onTestFinished(async () => {
      await run(project, 'npx', 'daybook', 'db', 'stop');
    });
    await done(project, 'npx', 'daybook', 'up', '--once');
    await done(project, 'npx', 'daybook', 'export', 'before');
    const url = (await done(project, 'npx', 'daybook', 'db', 'url')).stdout.trim();
    const before = await tableRows(url);

    await publish(packagesIn(root));
    // What npm knows of the package is a minute old; it is asked for anew.
    const install = ['npm', 'install', '--no-prefer-offline', '--prefer-online'];
    await done(project, ...install, 'daybook@latest');
    // What is still to be done counts as missing.
    const pending = await run(project, 'npx', 'daybook', 'doctor');
    expect(pending.stdout).toMatch(/(?:is|are) still to be applied/);
    await done(project, 'npx', 'daybook', 'up', '--once');
    const { stdout: advice } = await done(project, 'npx', 'daybook', 'doctor');
    expect(advice).toMatch(/version: (\S+) since \S+, .+ before; it applied \d{6}_/);

    const after = await tableRows(
      (await done(project, 'npx', 'daybook', 'db', 'url')).stdout.trim(),
      before,
    );
    const changes = [...before]
      .filter(([id]) => !isState(id))
      .map(([id, { rows }]) => {
        const kept = after.get(id)?.rows ?? [];
        const lost = rows.filter((row) => !kept.includes(row)).length;
        // Data are the same; history goes on.
        return { id, lost, added: isHistory(id) ? 0 : kept.length - (rows.length - lost) };
      });
    expect(changes.filter(({ lost, added }) => lost > 0 || added > 0)).toEqual([]);

    await done(project, 'npx', 'daybook', 'export', 'after');
    const pages = pageValues(join(project, 'after'));
    for (const [file, values] of pageValues(join(project, 'before'))) {
      // That of the newest run; the run before has one of its own.
      if (file === 'pipeline.html') continue;
      expect({ file, values: pages.get(file) }).toEqual({
        file,
        values: expect.arrayContaining(values) as string[],
      });
    }
  },
);

/** What goes on with each run. */
const isHistory = (id: string) => /^(?:ops|publication)\./.test(id);

/** What is not history but the state of now: of models, and of files when they were last looked at. */
const isState = (id: string) =>
  ['ops.model_state', 'ops.model_file', 'ops.source_file'].includes(id);
