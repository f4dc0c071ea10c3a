/**
 * Puts the SQL formatter into the one file that uses it: of the package's five megabytes, most of them other dialects
 * and copies of the same, an installed project gets a hundredth part. Its licences lie beside it.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { notices } from './third-party-notices.js';

const folder = fileURLToPath(new URL('../dist/parse-sql/', import.meta.url));
const input = `${folder}format-lines.js`;

const { output } = await build({ input, platform: 'node', write: false, output: { minify: true } });
await writeFile(input, output[0].code);
await writeFile(`${folder}THIRD-PARTY-NOTICES.txt`, await notices(output));
