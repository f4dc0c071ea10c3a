import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompilerOptions } from 'typescript';
import { ts } from './typescript.js';

/**
 * Parts of the library that some versions of Node.js have and some have not, each with a value that tells. What
 * the floor (20.19) has of a part, without the rest, stands in {@link ownText}.
 */
const optionalParts: readonly [library: string, isThere: boolean][] = [
  ['es2024.arraybuffer', 'transfer' in ArrayBuffer.prototype],
  ['es2024.collection', 'groupBy' in Map],
  ['es2024.object', 'groupBy' in Object],
  ['es2024.promise', 'withResolvers' in Promise],
  ['es2024.regexp', 'unicodeSets' in RegExp.prototype],
  ['es2024.sharedmemory', 'waitAsync' in Atomics],
  ['es2024.string', 'isWellFormed' in String.prototype],
  ['es2025.collection', 'union' in Set.prototype],
  ['es2025.float16', 'Float16Array' in globalThis],
  ['es2025.iterator', 'Iterator' in globalThis],
  ['es2025.promise', 'try' in Promise],
  ['es2025.regexp', 'escape' in RegExp],
  ['esnext.array', 'fromAsync' in Array],
];

/** The files of TypeScript's library that say what the Node.js that runs us has, as `lib` lists them. */
export function nodeLibraries(): string[] {
  const found = optionalParts.filter(([, isThere]) => isThere);
  return ['es2023', ...found.map(([library]) => library)].map((name) => `lib.${name}.d.ts`);
}

/** What Node.js has, and neither the library nor its own types declare. */
const ownText = `
interface ArrayBuffer { readonly maxByteLength: number; readonly resizable: boolean; resize(newByteLength?: number): void; }
interface ArrayBufferConstructor { new (byteLength: number, options?: { maxByteLength?: number }): ArrayBuffer; }
declare var Performance: { readonly prototype: import('node:perf_hooks').Performance; };
declare var Crypto: { readonly prototype: import('node:crypto').webcrypto.Crypto; };
declare var CryptoKey: { readonly prototype: import('node:crypto').webcrypto.CryptoKey; };
declare var SubtleCrypto: { readonly prototype: import('node:crypto').webcrypto.SubtleCrypto; };
`;

/** A file of declarations, in memory. */
export interface DeclarationFile {
  readonly path: string;
  readonly text: string;
}

let known: DeclarationFile | undefined;

/**
 * Declarations of what Node.js has and nobody else declares. WebAssembly is taken from TypeScript's library for
 * browsers, all of which would bring a thousand names that cells do not have.
 */
export function nodeGlobals(options: CompilerOptions): DeclarationFile {
  if (known !== undefined) return known;
  const folder = dirname(ts.getDefaultLibFilePath(options));
  const browsers = readFileSync(join(folder, 'lib.dom.d.ts'), 'utf8');
  const start = browsers.indexOf('declare namespace WebAssembly {');
  const end = browsers.indexOf('\n}\n', start) + 3;
  const webAssembly = start < 0 ? '' : browsers.slice(start, end);
  const sources =
    'declare namespace WebAssembly { type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer; }';
  // Beside the library, so that it counts as a file of a package.
  known = { path: join(folder, 'daybook-globals.d.ts'), text: ownText + sources + webAssembly };
  return known;
}
