/**
 * Puts the command line into few files, `dist/command-line`: to read three hundred of them takes a third of
 * the time of a command with little to do. What goes in is our own code and the libraries that most commands
 * read, and the thread that loading waits for; processes and other threads start from `dist/` as it was
 * compiled. The licences of the libraries lie with it. It is made beside and takes its place at once: commands may be starting meanwhile.
 */
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { notices } from './third-party-notices.js';

const compiled = fileURLToPath(new URL('../dist/', import.meta.url));
const libraries = ['pg', 'yaml', 'zod'];
const bundle = `${compiled}command-line`;
const fresh = await mkdtemp(`${bundle}-`);

const { output } = await build({
  input: {
    cli: `${compiled}cli.js`,
    'encoder-thread': `${compiled}pipeline/load/encode/encoder-thread.js`,
  },
  platform: 'node',
  external: (id, importer) =>
    importer?.startsWith(compiled) === true && /^[^./]/.test(id) && !libraries.includes(id),
  output: { dir: fresh },
});

await writeFile(`${fresh}/THIRD-PARTY-NOTICES.txt`, await notices(output));

const old = `${fresh}-old`;
await rename(bundle, old).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await chmod(fresh, 0o755);
await rename(fresh, bundle);
await rm(old, { recursive: true, force: true });
