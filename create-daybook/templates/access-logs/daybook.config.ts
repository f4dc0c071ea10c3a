import { defineConfig } from 'daybook/config';

/** What is this project's own; each field is explained where an editor shows it. */
export default defineConfig({
  title: 'Web traffic',
  report: { timeZone: 'UTC' },
  sampleLogs: 'sample-logs/generate-logs.ts',
});
