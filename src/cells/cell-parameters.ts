/**
 * The names that a compiled cell finds in the function that it is the body of:
 *
 * - `__scope__`: the object that holds the names which cells declare;
 * - `__bind__(specifier, names)`: loads a module and puts names of it (`{ local: imported }`, `*` for
 *   the module itself) into the scope; a promise;
 * - `__import__(specifier)`: what `import(specifier)` does;
 * - `__resume__(value)`: called after each `await`; gives the value back, or throws when the cell was
 *   interrupted meanwhile;
 * - `__meta__`: what `import.meta` is;
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
