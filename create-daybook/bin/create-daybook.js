#!/usr/bin/env node
import { createDaybook } from '../dist/index.js';

const { env, stdin, stdout, stderr } = process;
process.exitCode = await createDaybook(process.argv.slice(2), {
  cwd: process.cwd(),
  env,
  isInteractive: stdin.isTTY === true && stdout.isTTY === true && !env.CI,
  out: (text) => void stdout.write(text),
  err: (text) => void stderr.write(text),
});
