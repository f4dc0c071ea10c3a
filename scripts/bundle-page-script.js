/**
 * Makes one script of those in each folder of `src/server/client` and of the server's code that they share: `filters`
 * filters rows on pages, adds them up and draws them, `cells` draws in cells of tables. Their licence is the project's: no
 * library goes in.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

for (const name of ['filters', 'cells']) {
  await build({
    input: at(`src/server/client/${name}/main.js`),
    platform: 'browser',
    resolve: {
      alias: { 'node:module': at('src/server/client/filters/no-module.js') },
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
    transform: { define: { 'import.meta.url': '""' } },
    tsconfig: false,
    output: { file: at(`dist/server/client/${name}.js`), format: 'iife', minify: true },
  });
}
