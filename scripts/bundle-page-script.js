/**
 * Makes one script of those in `src/server/client/filters` and of the server's code that they share: what filters
 * rows on pages, adds them up and draws them. Its licence is the project's: no library goes in.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

await build({
  input: at('src/server/client/filters/main.js'),
  platform: 'browser',
  resolve: {
    alias: { 'node:module': at('src/server/client/filters/no-module.js') },
    extensionAlias: { '.js': ['.ts', '.js'] },
  },
  transform: { define: { 'import.meta.url': '""' } },
  tsconfig: false,
  output: { file: at('dist/server/client/filters.js'), format: 'iife', minify: true },
});
