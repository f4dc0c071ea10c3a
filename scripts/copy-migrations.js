/**
 * Puts the engine's migrations beside what was compiled, `dist/warehouse/migrations`: the compiled code looks
 * for them beside itself. One that is gone from the sources is gone there too.
 */
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [from, to] = ['src', 'dist'].map((folder) =>
  fileURLToPath(new URL(`../${folder}/warehouse/migrations/`, import.meta.url)),
);
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true });
