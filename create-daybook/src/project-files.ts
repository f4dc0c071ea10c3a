import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { templates, type TemplateName } from './templates.js';

/** Files by their paths below the project, with slashes. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** Names that npm leaves out of packages, or obeys in them; templates have them without the dot. */
const dotted = ['gitignore', 'gitattributes', 'dockerignore', 'github'];

/**
 * The files that every project has, whatever it is about.
 *
 * @param name - Of the project, as package.json has it.
 * @param template - What it begins with, for its README.
 */
export async function commonFiles(name: string, template: TemplateName): Promise<ProjectFiles> {
  const words: Readonly<Record<string, string>> = { name, about: templates[template].about };
  const files = await readTemplate('common');
  return new Map(
    [...files].map(([path, text]) => [
      path,
      text.replaceAll(/\{\{(\w+)\}\}/g, (all, word: string) => words[word] ?? all),
    ]),
  );
}

/** The files that a template has beside these: declarations, models, notebooks, sample logs, tests. */
export async function contentFiles(template: TemplateName): Promise<ProjectFiles> {
  return readTemplate(template);
}

async function readTemplate(name: string): Promise<ProjectFiles> {
  const folder = fileURLToPath(new URL(`./templates/${name}/`, import.meta.url));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [written(path.slice(folder.length)), await readFile(path, 'utf8')] as const;
      }),
  );
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The path of a template's file in a project. */
function written(path: string): string {
  const [first = '', ...rest] = path.split(sep);
  return [dotted.includes(first) ? `.${first}` : first, ...rest].join('/');
}
