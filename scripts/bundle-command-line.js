/**
 * Puts the command line into few files, `dist/command-line`: to read three hundred of them takes a third of
 * the time of a command with little to do. What goes in is our own code and the libraries that most commands
 * read, and the thread that loading waits for; processes and other threads start from `dist/` as it was
 * compiled.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const compiled = fileURLToPath(new URL('../dist/', import.meta.url));
const libraries = ['pg', 'yaml', 'zod'];

await build({
  input: {
    cli: `${compiled}cli.js`,
    'encoder-thread': `${compiled}pipeline/load/encode/encoder-thread.js`,
  },
  platform: 'node',
  external: (id, importer) =>
    importer?.startsWith(compiled) === true && /^[^./]/.test(id) && !libraries.includes(id),
  output: { dir: `${compiled}command-line`, cleanDir: true },
});
