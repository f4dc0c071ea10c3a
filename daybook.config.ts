import { defineConfig } from 'daybook/config';

/** The customer-log analysis that Daybook ships with; an editor explains each field. */
export default defineConfig({
  schemas: {
    bronze: 'Accepted lines of the logs, as they came',
    silver: 'Cleaned and typed: one row per customer, sign-up, change',
    gold: 'Answers: the tables that notebooks and dashboards read',
  },
  report: {
    timeZone: 'America/Toronto',
    model: 'silver.report',
  },
  sampleLogs: 'sample-logs/generate-logs.ts',
});
