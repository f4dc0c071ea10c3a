/**
 * Puts what Daybook reads beside its code into `dist/`, which is what is published: the engine's migrations, the
 * styles and scripts of pages. What is gone from the sources is gone there too.
 */
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

for (const folder of ['warehouse/migrations', 'server/assets', 'server/client']) {
  rmSync(at(`dist/${folder}`), { recursive: true, force: true });
  cpSync(at(`src/${folder}`), at(`dist/${folder}`), {
    recursive: true,
    // What type-checks the scripts is not read; bundle-page-script.js makes one each of filters/ and cells/.
    filter: (path) => !/(tsconfig\.json|\.ts|client.(filters|cells|elements\.js))$/.test(path),
  });
}
