import { relative, resolve } from 'node:path';
import type { Answers } from './ask.js';
import { createProject, type CreatedProject } from './create-project.js';
import { installPackages } from './install.js';
import { packageVersion } from './package-version.js';
import { templateNames, type TemplateName } from './templates.js';

/** The surroundings of a command that makes a project. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Somebody sits at a terminal and can be asked. */
  readonly isInteractive: boolean;
  /** Shows text, with its line breaks. */
  readonly out: (text: string) => void;
}

/** What is asked for; what is undefined is asked for, or as it mostly is where nobody can be asked. */
export interface ProjectRequest {
  /** As it was typed. */
  readonly folder: string | undefined;
  readonly template: TemplateName | undefined;
  readonly install: boolean | undefined;
}

/** What holds where nobody is asked. */
const defaults: Answers = {
  folder: 'my-analytics',
  template: templateNames[0] ?? 'empty',
  install: true,
};

/**
 * Makes a project: asks what is open, writes it, has npm install, and says how to go on. `npm create daybook` and
 * `daybook init` are this.
 *
 * @returns Undefined when somebody broke off.
 * @throws CreateError when it cannot be made.
 */
export async function makeProject(
  request: ProjectRequest,
  { cwd, env, isInteractive, out }: Surroundings,
): Promise<CreatedProject | undefined> {
  const { folder, template, install } = request;
  const isOpen = [folder, template, install].includes(undefined);
  const answers =
    isInteractive && isOpen
      ? await (await import('./ask.js')).ask({ folder, template, install }, defaults)
      : {
          folder: folder ?? defaults.folder,
          template: template ?? defaults.template,
          install: install ?? defaults.install,
        };
  if (answers === undefined) return undefined;
  const project = await createProject({
    folder: resolve(cwd, answers.folder),
    template: answers.template,
    version: packageVersion(),
  });
  out(writtenText(project, cwd));
  if (answers.install) await installPackages(project.folder, env);
  out(nextText(project, cwd, answers.install));
  return project;
}

/** What was done, in a line or two. */
function writtenText({ folder, written, kept }: CreatedProject, cwd: string): string {
  const count = written.length === 1 ? '1 file' : `${written.length} files`;
  const lines = [`${count} written in ${relative(cwd, folder) || '.'}`];
  if (kept.length > 0) lines.push(`left as they were: ${kept.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** How to go on. */
function nextText({ folder }: CreatedProject, cwd: string, isInstalled: boolean): string {
  const below = relative(cwd, folder);
  const quoted = /^[\w./-]+$/.test(below) ? below : `"${below}"`;
  const steps = [
    ...(below === '' ? [] : [`  cd ${quoted}`]),
    ...(isInstalled ? [] : ['  npm install']),
    '  npm start          # loads the logs, runs the notebooks, serves the dashboard',
    '  npm test           # proves the project: types, models, notebooks, links',
    '  npx daybook lab    # JupyterLab, without Python',
  ];
  return `\nNext, and README.md says what is where:\n\n${steps.join('\n')}\n`;
}
