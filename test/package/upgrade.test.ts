// @module-tag heavy
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../database.js';
import { packagesIn, somebodyWithPackages } from './installed.js';
import { buildPreviousRelease, hasPreviousRelease, previousRelease } from './previous-release.js';

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

    await publish(packagesIn(root));
    await done(
      project,
      'npm',
      'install',
      '--no-prefer-offline',
      '--prefer-online',
      'daybook@latest',
    );
    // What is left to do counts as missing.
    const before = await run(project, 'npx', 'daybook', 'doctor');
    expect(before.stdout).toContain('is still to be applied');
    await done(project, 'npx', 'daybook', 'up', '--once');
    await done(project, 'npx', 'daybook', 'doctor');
    await done(project, 'npx', 'daybook', 'export', 'after');
  },
);
