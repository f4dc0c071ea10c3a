/**
 * Puts the command line into few files, `dist/command-line`: to read three hundred of them takes a third of
 * the time of a command with little to do. What goes in is our own code and the libraries that most commands
 * read, and the thread that loading waits for; processes and other threads start from `dist/` as it was
 * compiled. The licences of the libraries lie with it. It is made beside and takes its place at once: commands may be starting meanwhile.
 */
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

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

/** The name, version and licence of each library that went in. */
async function notices(chunks) {
  const ids = chunks.flatMap((chunk) => chunk.moduleIds ?? []);
  const folders = ids.map(
    (id) => /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1],
  );
  const entries = [...new Set(folders)].sort().map(async (folder) => {
    if (folder === undefined) return '';
    const { name, version, license } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    );
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    const text = file === undefined ? '' : `\n${await readFile(join(folder, file), 'utf8')}`;
    return `${name} ${version} (${license})\n${text}`;
  });
  return `Libraries that are part of the files in this folder.\n\n${(await Promise.all(entries)).filter((entry) => entry !== '').join(`\n${'-'.repeat(80)}\n\n`)}`;
}
