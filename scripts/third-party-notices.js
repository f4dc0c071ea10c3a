/** The licences of libraries that a bundle has in it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The name, version and licence of each library that went in. */
export async function notices(chunks) {
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
