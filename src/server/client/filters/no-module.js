// A stub for `node:module` in the page's script, for libraries that no chart of rows uses.

/** @returns {(name: string) => never} */
export function createRequire() {
  return (name) => {
    throw new Error(`${name} is not part of the page's script`);
  };
}
