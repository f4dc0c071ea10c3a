/**
 * The parameters of the function that a compiled cell is the body of:
 *
 * - `__scope__`: the object with the names that cells declare;
 * - `__bind__(specifier, names)`: loads a module and puts names of it (`{ local: imported }`, `*` for the module
 *   itself) into the scope; a promise;
 * - `__import__(specifier)`: the implementation of `import(specifier)`;
 * - `__resume__(value)`: called after each `await`; returns the value, or throws when the cell was interrupted
 *   meanwhile;
 * - `__meta__`: the value of `import.meta`;
 * - `require`, `__filename`, `__dirname`: as in CommonJS modules, for pasted code.
 */
export const cellParameters = [
  '__scope__',
  '__bind__',
  '__import__',
  '__resume__',
  '__meta__',
  'require',
  '__filename',
  '__dirname',
] as const;

/** One of {@link cellParameters}. */
export type CellParameter = (typeof cellParameters)[number];
