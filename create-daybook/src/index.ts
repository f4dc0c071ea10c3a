import { help, readArguments } from './arguments.js';
import { CreateError } from './create-error.js';
import { makeProject, type Surroundings } from './make-project.js';

export { readTemplateName } from './arguments.js';
export { CreateError } from './create-error.js';
export { missingFiles, type CreatedProject } from './create-project.js';
export { makeProject, type ProjectRequest, type Surroundings } from './make-project.js';
export { templateNames, templates, type Template, type TemplateName } from './templates.js';

/**
 * `npm create daybook`.
 *
 * @param args - What stands behind the command.
 * @param surroundings - `err`: shows what went wrong.
 * @returns The exit code: 0 done, 1 broken off, 2 it cannot be made.
 */
export async function createDaybook(
  args: readonly string[],
  { err, ...surroundings }: Surroundings & { readonly err: (text: string) => void },
): Promise<0 | 1 | 2> {
  try {
    const { folder, template, yes, install, help: isHelp } = readArguments(args);
    if (isHelp) {
      surroundings.out(help);
      return 0;
    }
    const isInteractive = surroundings.isInteractive && !yes;
    const made = await makeProject(
      { folder, template, install },
      { ...surroundings, isInteractive },
    );
    return made === undefined ? 1 : 0;
  } catch (error) {
    if (!(error instanceof CreateError)) throw error;
    err(`${error.message}\n→ ${error.hint}\n`);
    return 2;
  }
}
