import { findFiles } from './extract/find-files.js';
import { assignFiles, type SourceFile } from './sources/assign-files.js';
import { readSources } from './sources/read-sources.js';
import type { Source } from './sources/source.js';

/** What is on disk for a run: the declared sources, and their files. */
export interface SourceFiles {
  readonly sources: readonly Source[];
  readonly files: readonly SourceFile[];
}

/**
 * Reads the declarations of a project's sources, and finds their files in the folder of the logs.
 *
 * @param root - The project's root.
 * @throws DaybookError `SOURCE_INVALID`, and what {@link findFiles} and {@link assignFiles} throw.
 */
export async function findSourceFiles(root: string, dataDir: string): Promise<SourceFiles> {
  const sources = await readSources(root);
  const patterns = sources.flatMap((source) => source.files);
  return { sources, files: assignFiles(await findFiles(dataDir, patterns), sources) };
}
