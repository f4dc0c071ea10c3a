/**
 * Puts the engine's migrations into `dist/warehouse/migrations`, from where Daybook reads them. One that is gone from the sources is gone there too.
 */
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [from, to] = ['src', 'dist'].map((folder) =>
  fileURLToPath(new URL(`../${folder}/warehouse/migrations/`, import.meta.url)),
);
rmSync(to, { recursive: true, force: true });
cpSync(from, to, { recursive: true });
