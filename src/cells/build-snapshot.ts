/**
 * Makes the start-up snapshot of compiler processes, as the last step of the build. Where Node.js cannot
 * make one, kernels start without it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cellCompilerOptions, nodeTypeRoot } from './compiler-options.js';
import { snapshotFlags, snapshotPath } from './snapshot.js';

const target = snapshotPath();
const folder = dirname(target);
for (const name of readdirSync(folder)) {
  if (/^snapshot-.*\.blob/.test(name) && name !== basename(target)) rmSync(join(folder, name));
}
if (!existsSync(target)) {
  const draft = `${target}.${process.pid}`;
  const script = `${draft}.cjs`;
  const entry = fileURLToPath(new URL('./snapshot-entry.cjs', import.meta.url));
  // Node.js runs it as no module: there is no `exports` for the compiled file to mark.
  writeFileSync(script, `const exports = {};\n${readFileSync(entry, 'utf8')}`);
  const { status, stderr } = spawnSync(
    process.execPath,
    [...snapshotFlags, '--snapshot-blob', draft, '--build-snapshot', script],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        DAYBOOK_SNAPSHOT: JSON.stringify({
          path: createRequire(import.meta.url).resolve('typescript'),
          options: cellCompilerOptions(nodeTypeRoot(folder)),
          folder,
        }),
      },
    },
  );
  rmSync(script);
  if (status === 0) renameSync(draft, target);
  else process.stderr.write(`Kernels will start slower, without a snapshot:\n${stderr}\n`);
}
