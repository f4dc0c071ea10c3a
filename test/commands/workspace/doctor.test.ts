// @module-tag heavy
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.js';
import { doctor } from '../../../src/commands/workspace/doctor.js';
import { parseConfig } from '../../../src/config/config.js';
import { packageVersion } from '../../../src/files/package-file.js';
import { recordEngineVersion } from '../../../src/warehouse/schema/engine-version.js';
import { createTestDatabase, root } from '../../database.js';
import { runCommand } from '../run-command.js';

interface Finding {
  name: string;
  ok: boolean;
  required: boolean;
  detail: string;
  mend?: string;
}

/** The findings by their names, and the exit code. */
async function examine(environment: Record<string, string>, folder = root) {
  const config = parseConfig(environment, folder);
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

  it('says which version wrote before, and what it applied', async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const version = packageVersion();
    const found = async () =>
      (await examine({ DATABASE_URL: database.ownerUrl, DAYBOOK_HOME: temporaryFolder() }))
        .findings;
    await database.owner.query('truncate ops.engine_version');
    expect((await found()).get('version')).toMatchObject({ ok: true, detail: version });
    await recordEngineVersion(database.owner, '0.0.1');
    expect((await found()).get('version')).toMatchObject({
      ok: false,
      required: false,
      detail: `this is ${version}, and 0.0.1 wrote to the warehouse last`,
      mend: expect.stringContaining('npx daybook up --once') as string,
    });
    await database.owner.query(
      'update ops.migration set applied_at = clock_timestamp() where number = 28',
    );
    await recordEngineVersion(database.owner, version);
    expect((await found()).get('version')).toMatchObject({
      ok: true,
      detail: expect.stringMatching(
        / since .*, 0\.0\.1 before; it applied 000028_\w+\.sql$/,
      ) as string,
    });
  });

  it('says what of a project is of an older version', async () => {
    const project = temporaryFolder({
      'package.json': '{}',
      'daybook.config.ts': "export default { title: 'X' };",
      'notebooks/old.ipynb': JSON.stringify({
        cells: [{ source: ['import { query } from "@daybook/pipeline";'] }],
      }),
      'exploration/new.ipynb': JSON.stringify({
        cells: [{ source: "import { query } from 'daybook/pipeline'; // was @daybook/pipeline" }],
      }),
    });
    const { findings } = await examine({ DAYBOOK_HOME: temporaryFolder() }, project);
    expect(findings.get('imports')).toMatchObject({
      ok: false,
      detail:
        'notebooks/old.ipynb: "@daybook/pipeline" is called "daybook/pipeline" now: change the import.',
    });
    expect(findings.get('project file')?.detail).toBe(
      'daybook.config.ts says title; there are also groups, schemas, report, sampleLogs, lint, openLineage, schedules, storage, deadlines, theme, locale',
    );
    expect(findings.get('project files')?.detail).toMatch(
      /^a new project has .*Dockerfile.*: npx daybook init adds what is missing$/,
    );
    const { findings: none } = await examine(
      { DAYBOOK_HOME: temporaryFolder() },
      temporaryFolder(),
    );
    expect(none.get('project file')?.detail).toMatch(/^daybook\.config\.ts says nothing; there/);
  });

  it('speaks to people in lines', async () => {
    const config = parseConfig({ DAYBOOK_HOME: temporaryFolder() }, root);
    const { stdout } = await runCommand(doctor, config, { env: { PATH: '' } });
    expect(stdout).toMatch(/^ok {18}Node\.js: \d+\.\d+\.\d+\n/);
    expect(stdout).toMatch(/\nmissing \(optional\) {2}browser: .+\n {4}→ /);
  });
});
