// The version of the project's code, by git.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The version of the project's code for runs and pages: the short commit, with `+` for uncommitted changes.
 * Undefined outside of a git checkout or without git.
 *
 * @param root - The project's root.
 * @param configured - `DAYBOOK_CODE_VERSION`, for images without a git checkout.
 */
export async function codeVersion(root: string, configured?: string): Promise<string | undefined> {
  if (configured !== undefined) return configured;
  try {
    const { stdout } = await execute(
      'git',
      ['describe', '--always', '--abbrev=7', '--exclude=*', '--dirty=+'],
      { cwd: root, timeout: 5000 },
    );
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
