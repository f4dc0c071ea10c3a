// @module-tag heavy
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.js';
import { doctor } from '../../../src/commands/workspace/doctor.js';
import { parseConfig } from '../../../src/config/config.js';
import { root } from '../../database.js';
import { runCommand } from '../run-command.js';

interface Finding {
  name: string;
  ok: boolean;
  required: boolean;
  detail: string;
  mend?: string;
}

/** The findings by their names, and the exit code. */
async function examine(environment: Record<string, string>) {
  const config = parseConfig(environment, root);
  const { exitCode, stdout } = await runCommand(doctor, config, {
    values: { json: true },
    env: environment,
  });
  const findings = JSON.parse(stdout) as Finding[];
  return { exitCode, findings: new Map(findings.map((finding) => [finding.name, finding])) };
}

describe('daybook doctor', () => {
  it('finds nothing missing where the tests run', async () => {
    const home = join(temporaryFolder(), 'home');
    const { exitCode, findings } = await examine({ DAYBOOK_HOME: home });
    expect([...findings.values()].filter(({ ok, required }) => required && !ok)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(findings.get('embedded Postgres')?.detail).toMatch(/^18\./);
    expect(findings.get('warehouse')?.detail).toContain('starts on first use');
    expect(findings.get('types of tables')).toMatchObject({ ok: true });
  });

  it('names what is missing with the remedy, and fails only for what is required', async () => {
    const folder = temporaryFolder();
    const { exitCode, findings } = await examine({ DAYBOOK_HOME: folder, PATH: folder });
    expect(findings.get('browser')).toMatchObject({
      ok: false,
      required: false,
      mend: expect.stringContaining('CHROME_PATH') as string,
    });
    expect(exitCode).toBe(0);

    const browser = join(folder, 'chromium');
    writeFileSync(browser, '');
    chmodSync(browser, 0o755);
    expect(
      (await examine({ DAYBOOK_HOME: folder, PATH: folder })).findings.get('browser'),
    ).toMatchObject({ ok: true, detail: browser });
  });

  it('fails when the home cannot be written or the warehouse not reached', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { exitCode, findings } = await examine({
      DAYBOOK_HOME: join(file, 'below'),
      DATABASE_URL: 'postgres://me:geheim@127.0.0.1:1/x',
    });
    expect(exitCode).toBe(1);
    expect(findings.get('DAYBOOK_HOME')).toMatchObject({ ok: false, required: true });
    expect(findings.get('warehouse')).toMatchObject({
      ok: false,
      required: true,
      detail: expect.stringContaining('ECONNREFUSED') as string,
      mend: expect.stringContaining('DATABASE_URL') as string,
    });
    // Whoever brings a Postgres needs none of ours.
    expect(findings.has('embedded Postgres')).toBe(false);
  });

  it('speaks to people in lines', async () => {
    const config = parseConfig({ DAYBOOK_HOME: temporaryFolder() }, root);
    const { stdout } = await runCommand(doctor, config, { env: { PATH: '' } });
    expect(stdout).toMatch(/^ok {18}Node\.js: \d+\.\d+\.\d+\n/);
    expect(stdout).toMatch(/\nmissing \(optional\) {2}browser: .+\n {4}→ /);
  });
});
