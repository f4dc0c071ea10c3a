/**
 * Loaded into our tslab: its compiler also reads the types of the project's tables,
 * which no import of a cell leads to. tslab has no setting for that.
 */
import { createRequire } from 'node:module';
import { findProjectTypes } from '../files/project-types.js';

type CreateHost = (rootFiles: readonly string[], ...rest: readonly unknown[]) => unknown;

const require = createRequire(process.argv[1] ?? import.meta.url);
const path = require.resolve('@tslab/typescript-for-tslab');
const compiler = require(path) as { readonly createWatchCompilerHost: CreateHost };
const loaded = require.cache[path];
if (loaded !== undefined) {
  const types = findProjectTypes(process.cwd());
  // Its exports are getters that cannot be replaced one by one; tslab takes a copy of them anyway.
  loaded.exports = {
    ...compiler,
    createWatchCompilerHost: (rootFiles: readonly string[], ...rest: readonly unknown[]) =>
      compiler.createWatchCompilerHost(
        [...rootFiles, ...(types === undefined ? [] : [types])],
        ...rest,
      ),
  };
}
