// @module-tag heavy
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createWorkspace } from './workspace.js';

const workspace = createWorkspace();
const data = join(workspace.folder, 'logs of the service');
afterAll(() => workspace.remove());

/** Steps of one story: each begins where the one before ended. */
describe('the main job, as its users do it', { timeout: 300_000, concurrent: false }, () => {
  test('up --once loads, builds, executes and publishes', async () => {
    await workspace.daybook('sample-data', '--accounts', '80', '--months', '4', '--output', data);
    const lines = ['garbage', '', String.raw`{"date": "\u0000"}`, '{"date": "2019-02-01T0'];
    appendFileSync(join(data, '2019-february.log'), lines.join('\n'));

    const { exitCode, stderr } = await workspace.daybook('up', '--once', '--data', data);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('3 passed, 0 failed');
  });

  test('query prints months whose customers balance', async () => {
    const { stdout } = await workspace.daybook(
      'query',
      'select * from gold.monthly_churn order by month',
      '--format',
      'json',
    );
    interface Month {
      new_customers: number;
      churned_customers: number;
      active_customers: number;
    }
    const months = JSON.parse(stdout) as Month[];
    expect(months).toHaveLength(4);
    let active = 0;
    for (const month of months) {
      active += month.new_customers - month.churned_customers;
      expect(month.active_customers).toBe(active);
    }
    expect(active).toBeGreaterThan(0);
  });

  test('each wrong line cost only itself, and is listed', async () => {
    const { stdout } = await workspace.daybook('rejects', 'list', '--json');
    const rejects = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rejects.map((reject) => reject['reason'])).toStrictEqual([
      'invalid_json',
      'blank_line',
      'unsupported_json',
      'invalid_json',
    ]);
    expect(new Set(rejects.map((reject) => reject['file']))).toStrictEqual(
      new Set(['2019-february.log']),
    );
  });

  test('a second up does nothing again', async () => {
    const { exitCode, stderr } = await workspace.daybook('up', '--once', '--data', data);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('0 loaded, 4 unchanged');
    expect(stderr).toContain('0 built, 16 unchanged');
    expect(stderr).toContain('0 passed, 0 failed, 3 unchanged');
  });

  test('schedule does the same at its times, and stops when it is asked to', async () => {
    const wrong = await workspace.daybook('schedule', '--cron', 'every hour');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('"every hour" is not a cron expression');

    const { child } = await workspace.start(
      /the scheduled run passed[^]*next run at \d{4}-01-01T05:00:00/,
      ...['schedule', '--now', '--cron', '0 0 1 1 *', '--data', data],
    );
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toStrictEqual([0, null]);
  });

  test('one wrong cell fails the run by name, and the page from before is still served', async () => {
    const { match } = await workspace.start(/http:\/\/[\d.:]+/, 'serve', '--port', '0');
    const address = match[0];
    const page = async (path: string) => {
      const answer = await fetch(address + path);
      return { status: answer.status, text: await answer.text() };
    };
    const before = await page('/notebooks/plans');
    expect(before.status).toBe(200);

    const file = join(workspace.folder, 'notebooks', 'plans.ipynb');
    const notebook = JSON.parse(readFileSync(file, 'utf8')) as {
      cells: { cell_type: string; source: string | string[] }[];
    };
    const wrong = notebook.cells.findLastIndex((cell) => cell.cell_type === 'code');
    notebook.cells[wrong]!.source = 'const rows = 1;\nthrow new Error(`no such plan`);';
    writeFileSync(file, JSON.stringify(notebook));

    const { exitCode, stderr } = await workspace.daybook('notebooks', 'run');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('0 passed, 1 failed, 2 unchanged');
    expect(stderr).toMatch(
      new RegExp(`notebooks/plans\\.ipynb.*cell ${wrong + 1}.*line 2.*no such plan`, 's'),
    );

    const after = await page('/notebooks/plans');
    expect(after.status).toBe(200);
    expect(after.text).toContain('no such plan');
    expect(after.text).toContain(`cell ${wrong + 1}`);
    const figures = (html: string) => [...html.matchAll(/<figure/g)].length;
    expect(figures(after.text)).toBe(figures(before.text));
    expect((await page('/')).text).toContain('Customer churn');
  });
});
