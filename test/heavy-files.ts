import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The line by which a test file says that it starts browsers, kernels, servers or builds. */
const mark = /^\/\/ @module-tag heavy$/m;

/** The test files below a folder that bear the mark. */
export function heavyFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .filter(isHeavy);
}

function isHeavy(path: string): boolean {
  return mark.test(readFileSync(path, 'utf8'));
}

/** Starts the heavy files first: none of them is then the last one, alone on one processor. */
export class HeavyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const heavy = new Set(sorted.filter(({ moduleId }) => isHeavy(moduleId)));
    return [...heavy, ...sorted.filter((file) => !heavy.has(file))];
  }
}
