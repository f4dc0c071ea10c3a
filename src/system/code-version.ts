import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The version of the project's code, as its runs and pages name it: the short commit, with `+` when
 * files differ from it. Undefined outside a git checkout or without git.
 *
 * @param root - The project's root.
 * @param configured - What `DAYBOOK_CODE_VERSION` says; an image has no git checkout to ask.
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
