#!/usr/bin/env node
// The compiled command line; `npm ci` builds it, `npm run build` builds it again.
import { existsSync } from 'node:fs';

const entry = new URL('../dist/command-line/cli.js', import.meta.url);
if (!existsSync(entry)) {
  console.error('Daybook is not built yet. Run: npm run build');
  process.exit(2);
}
await import(entry.href);
