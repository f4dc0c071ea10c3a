import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { runPipeline } from '../../src/pipeline/run-pipeline.js';
import type { TestDatabase } from '../database.js';
import type { Answers } from './second-computation.js';

/** What the report is asked for; see `DAYBOOK_REPORT_TIMEZONE` and `DAYBOOK_REPORT_AS_OF`. */
export interface ReportSettings {
  timeZone?: string;
  asOf?: string;
}

/**
 * The four gold tables, after a pipeline run over a log of these lines.
 *
 * @throws Error when a line is rejected, or a model or one of its tests fails.
 */
export async function analyse(
  database: TestDatabase,
  lines: readonly string[],
  settings: ReportSettings = {},
): Promise<Answers> {
  const dataDir = join(database.config.home, 'logs');
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'hand-made.log'), lines.map((line) => `${line}\n`).join(''));
  return analyseFolder(database, dataDir, settings);
}

/** {@link analyse} over a folder of logs. */
export async function analyseFolder(
  database: TestDatabase,
  dataDir: string,
  { timeZone = 'America/Toronto', asOf }: ReportSettings = {},
): Promise<Answers> {
  const config = { ...database.config, reportTimeZone: timeZone, reportAsOf: asOf };
  // Each log takes the place of the one before.
  const options = { warehouse: database, config, dataDir, allowRemoval: true };
  const report = await runPipeline(options);
  if (report.status !== 'passed' || Object.keys(report.rejects).length > 0) {
    const failed = report.models.filter(({ status }) => status === 'failed');
    throw new Error(JSON.stringify([report.error, report.rejects, failed], null, 2));
  }
  return readAnswers(database.owner);
}

const keys: Record<keyof Answers, string> = {
  monthly_churn: 'month',
  signup_plan: 'year, plan collate "C"',
  plan_change: 'from_plan collate "C", to_plan collate "C"',
  customers_by_province: 'year, province collate "C"',
};

/** The gold tables as JSON makes them: dates as text, numbers as they are. */
export async function readAnswers(pool: Pool): Promise<Answers> {
  const read = async (table: keyof Answers): Promise<unknown> => {
    const { rows } = await pool.query<{ rows: unknown }>(
      `select coalesce(json_agg(answer order by ${keys[table]}), '[]') as rows
       from gold.${table} as answer`,
    );
    return rows[0]?.rows;
  };
  return {
    monthly_churn: await read('monthly_churn'),
    signup_plan: await read('signup_plan'),
    plan_change: await read('plan_change'),
    customers_by_province: await read('customers_by_province'),
  } as Answers;
}
