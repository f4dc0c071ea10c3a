// The version of Daybook.

import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.js';

/** The version of the Daybook that runs, like `0.2.0`. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string })
    .version;
}
