import { cancel, confirm, intro, isCancel, select, text } from '@clack/prompts';
import { templateNames, templates, type TemplateName } from './templates.js';

/** What is known before anything is asked; undefined: to be asked for. */
export interface Unanswered {
  readonly folder: string | undefined;
  readonly template: TemplateName | undefined;
  readonly install: boolean | undefined;
}

/** All answers. */
export interface Answers {
  readonly folder: string;
  readonly template: TemplateName;
  readonly install: boolean;
}

/** What somebody has broken off. */
class Cancelled extends Error {}

/**
 * Asks at the terminal for what a command line leaves open.
 *
 * @returns Undefined when somebody breaks off; nothing was done then.
 */
export async function ask(known: Unanswered, defaults: Answers): Promise<Answers | undefined> {
  intro('A new Daybook project');
  try {
    return {
      folder:
        known.folder ??
        (await answered(
          text({
            message: 'In which folder?',
            placeholder: defaults.folder,
            defaultValue: defaults.folder,
          }),
        )),
      template:
        known.template ??
        (await answered(
          select({
            message: 'What does it begin with?',
            initialValue: defaults.template,
            options: templateNames.map((value) => ({
              value,
              label: value,
              hint: templates[value].summary,
            })),
          }),
        )),
      install:
        known.install ??
        (await answered(confirm({ message: 'Run npm install?', initialValue: defaults.install }))),
    };
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel('Nothing was written.');
    return undefined;
  }
}

async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await question;
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<T, symbol>;
}
