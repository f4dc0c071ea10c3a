import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../database.js';

const execute = promisify(execFile);

/**
 * What a version of TypeScript says of files and of the package's declarations that they use; empty: nothing.
 *
 * @param folder - In which the package is found; gets a tsconfig.json.
 * @param compiler - A package of the repository.
 * @param options - Beside those of every strict project for Node.js.
 * @param files - From the folder, or absolute.
 */
export async function typeProblems(
  folder: string,
  compiler: string,
  options: object,
  files: readonly string[],
): Promise<string> {
  const tsconfig = join(folder, 'tsconfig.json');
  const compilerOptions = {
    ...{ noEmit: true, strict: true, target: 'es2022', types: ['node'] },
    ...options,
  };
  await writeFile(tsconfig, JSON.stringify({ compilerOptions, files }));
  const check = join(import.meta.dirname, 'check-declarations.js');
  const { stdout, stderr } = await execute(process.execPath, [check, compiler, tsconfig], {
    cwd: root,
  }).catch((error: unknown) => error as { stdout: string; stderr: string });
  return stdout + stderr;
}
