/**
 * Puts libraries of which little is used into the one file that uses them: of the SQL formatter's five megabytes, most of
 * them other dialects and copies of the same, an installed project gets a hundredth part. Their licences lie beside it.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { notices } from './third-party-notices.js';

for (const [folder, name] of [
  ['parse-sql/format', 'format-lines.js'],
  ['chart/picture/geo', 'projections.js'],
]) {
  const place = fileURLToPath(new URL(`../dist/${folder}/`, import.meta.url));
  const input = `${place}${name}`;
  const { output } = await build({
    input,
    platform: 'node',
    write: false,
    output: { minify: true },
  });
  await writeFile(input, output[0].code);
  await writeFile(`${place}THIRD-PARTY-NOTICES.txt`, await notices(output));
}
