// Stands in the page's script for `node:module`: the libraries that the server reads by it draw no chart of rows.

/** @returns {(name: string) => never} */
export function createRequire() {
  return (name) => {
    throw new Error(`${name} is not part of the page's script`);
  };
}
