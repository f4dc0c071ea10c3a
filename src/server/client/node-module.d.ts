// What the page's script sees of Node.js in code that it shares with the server, and never calls.

declare module 'node:module' {
  export function createRequire(url: string): (name: string) => unknown;
}
