import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CreateError } from './create-error.js';
import { completePackage, packageName } from './package-json.js';
import { commonFiles, contentFiles } from './project-files.js';
import { templates, type TemplateName } from './templates.js';

/** The file that says of a folder that it is a Daybook project. */
const projectFile = 'daybook.config.ts';

/** What a new project's folder may hold already: what a new repository begins with. */
const begun = /^(?:\..*|README(?:\.md)?|LICEN[CS]E(?:\.\w+)?|node_modules|package-lock\.json)$/i;

/** What was done with a folder. */
export interface CreatedProject {
  readonly folder: string;
  /** Paths below it, with slashes. */
  readonly written: readonly string[];
  /** Files that were there and are as they were, and fields of package.json like `scripts.test`. */
  readonly kept: readonly string[];
}

/**
 * Writes a project into a folder. A file that is there is never changed, but for package.json, which gets what it
 * lacks. Of a project that is there already only what every project has is added, no template.
 *
 * @param options - `folder`: absolute; made where it is not there. `version`: of the Daybook to depend on.
 * @throws CreateError when the folder holds something else, or a file cannot be written; then none of ours is left.
 */
export async function createProject({
  folder,
  template,
  version,
}: {
  readonly folder: string;
  readonly template: TemplateName;
  readonly version: string;
}): Promise<CreatedProject> {
  const present = await namesIn(folder);
  const strange = present.filter((name) => !begun.test(name));
  if (strange.length > 0 && !present.includes('package.json')) {
    throw new CreateError(
      `${folder} holds ${strange[0] ?? ''} already`,
      'name a folder that does not exist yet; or run npm init -y in this one first, then Daybook is added to what is there',
    );
  }
  const isProject = present.includes(projectFile);
  const manifest = join(folder, 'package.json');
  const existing = present.includes('package.json') ? await readFile(manifest, 'utf8') : undefined;
  const name = packageName(basename(folder));
  const completed = completePackage({
    ...{ existing, name, version },
    template: isProject ? undefined : templates[template],
  });
  const files = new Map([
    ...(await commonFiles(name, template)),
    ...(isProject ? [] : await contentFiles(template)),
  ]);
  const done = await writeFiles(folder, files);
  if (existing !== completed.text) {
    await writeFile(manifest, completed.text).catch(cannotWrite(manifest));
    done.written.unshift('package.json');
  }
  return { folder, written: done.written, kept: [...done.kept, ...completed.kept] };
}

/**
 * The files that every project has, whatever it is about, and this one has not.
 *
 * @param folder - Absolute.
 * @returns Paths below it, with slashes.
 */
export async function missingFiles(folder: string): Promise<string[]> {
  const paths = [...(await commonFiles('', 'empty')).keys()];
  return paths.filter((path) => !existsSync(join(folder, path)));
}

/** Writes those that are not there; none where one of them cannot be written. */
async function writeFiles(folder: string, files: ReadonlyMap<string, string>) {
  const [written, kept]: [string[], string[]] = [[], []];
  try {
    await makeFolder(folder).catch(cannotWrite(folder));
    for (const [path, text] of files) {
      const file = join(folder, path);
      await makeFolder(dirname(file)).catch(cannotWrite(dirname(file)));
      const isOurs = await writeFile(file, text, { flag: 'wx' }).then(
        () => true,
        existsAlready(file),
      );
      (isOurs ? written : kept).push(path);
    }
    return { written, kept };
  } catch (error) {
    await Promise.all(written.map((path) => rm(join(folder, path), { force: true })));
    throw error;
  }
}

/** Makes a folder and those above it. Node's own `recursive` never ends below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new CreateError(
      `${folder} cannot be a project (${codeOf(error)})`,
      'name a folder of yours, or one that does not exist yet',
      { cause: error },
    );
  }
}

/** Whether a file was there is no failure; anything else is. */
function existsAlready(file: string) {
  return (error: unknown): boolean => {
    if (codeOf(error) === 'EEXIST') return false;
    return cannotWrite(file)(error);
  };
}

function cannotWrite(path: string) {
  return (cause: unknown): never => {
    throw new CreateError(
      `${path} cannot be written (${codeOf(cause)})`,
      'name a folder in which this user may write',
      { cause },
    );
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
