// Declarations of Node.js's globals, for the type check of cells.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompilerOptions } from 'typescript';
import { ts } from './typescript.js';

/**
 * Parts of the library that only some versions of Node.js have, each with a test. Parts of which the oldest
 * supported version (20.19) has a fraction are in {@link ownText}.
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
  ['es2025.intl', 'DurationFormat' in Intl],
  ['esnext.array', 'fromAsync' in Array],
  ['esnext.collection', 'getOrInsert' in Map.prototype],
  ['esnext.date', 'toTemporalInstant' in Date.prototype],
  ['esnext.disposable', 'DisposableStack' in globalThis],
  ['esnext.sharedmemory', 'pause' in Atomics],
  ['esnext.temporal', 'Temporal' in globalThis],
  ['esnext.typedarrays', 'toHex' in Uint8Array.prototype],
];

/** The TypeScript libraries for the running Node.js, for the option `lib`. */
export function nodeLibraries(): string[] {
  const found = optionalParts.filter(([, isThere]) => isThere);
  return ['es2023', ...found.map(([library]) => library)].map((name) => `lib.${name}.d.ts`);
}

/** Globals that neither TypeScript's library nor Node's types declare. */
const ownText = `
interface ArrayBuffer { readonly maxByteLength: number; readonly resizable: boolean; resize(newByteLength?: number): void; }
interface ArrayBufferConstructor { new (byteLength: number, options?: { maxByteLength?: number }): ArrayBuffer; }
declare var Performance: { readonly prototype: import('node:perf_hooks').Performance; };
declare var Crypto: { readonly prototype: import('node:crypto').webcrypto.Crypto; };
declare var CryptoKey: { readonly prototype: import('node:crypto').webcrypto.CryptoKey; };
declare var SubtleCrypto: { readonly prototype: import('node:crypto').webcrypto.SubtleCrypto; };
`;

/** Globals of later versions, by the first that has them; otherwise each version's types would have to be installed. */
const laterText: readonly [since: number, text: string][] = [
  [
    21,
    `interface Navigator { readonly hardwareConcurrency: number; readonly language: string; readonly languages: readonly string[]; readonly platform: string; readonly userAgent: string; }
declare var Navigator: { readonly prototype: Navigator };
declare var navigator: Navigator;`,
  ],
  [
    22,
    `interface JSON { rawJSON(text: string): { readonly rawJSON: string }; isRawJSON(value: unknown): value is { readonly rawJSON: string }; }`,
  ],
  [
    23,
    `interface CloseEvent extends Event { readonly code: number; readonly reason: string; readonly wasClean: boolean; }
declare var CloseEvent: { readonly prototype: CloseEvent; new (type: string, init?: { code?: number; reason?: string; wasClean?: boolean }): CloseEvent; };`,
  ],
  [
    24,
    `interface URLPattern { test(input?: string | object, base?: string): boolean; exec(input?: string | object, base?: string): Record<string, { input: string; groups: Record<string, string | undefined> }> | null; readonly protocol: string; readonly username: string; readonly password: string; readonly hostname: string; readonly port: string; readonly pathname: string; readonly search: string; readonly hash: string; readonly hasRegExpGroups: boolean; }
declare var URLPattern: { readonly prototype: URLPattern; new (input?: string | object, base?: string | object, options?: { ignoreCase?: boolean }): URLPattern; };
declare namespace WebAssembly { var Suspending: new (function_: Function) => object; var promising: (function_: Function) => Function; var SuspendError: ErrorConstructor; }`,
  ],
  [
    25,
    `interface ErrorEvent extends Event { readonly message: string; readonly filename: string; readonly lineno: number; readonly colno: number; readonly error: unknown; }
declare var ErrorEvent: { readonly prototype: ErrorEvent; new (type: string, init?: { message?: string; filename?: string; lineno?: number; colno?: number; error?: unknown }): ErrorEvent; };
interface QuotaExceededError extends DOMException { readonly quota: number | null; readonly requested: number | null; }
declare var QuotaExceededError: { readonly prototype: QuotaExceededError; new (message?: string, options?: { quota?: number; requested?: number }): QuotaExceededError; };
interface Storage { readonly length: number; clear(): void; getItem(key: string): string | null; key(index: number): string | null; removeItem(key: string): void; setItem(key: string, value: string): void; }
declare var Storage: { readonly prototype: Storage };
declare var localStorage: Storage;
declare var sessionStorage: Storage;`,
  ],
];

/** A declaration file in memory. */
export interface DeclarationFile {
  readonly path: string;
  readonly text: string;
}

let known: DeclarationFile | undefined;

/**
 * Declarations of Node.js's undeclared globals. WebAssembly is taken from TypeScript's library for browsers, which
 * as a whole would add a thousand names that cells do not have.
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
  const version = Number.parseInt(process.versions.node);
  const later = laterText.flatMap(([since, text]) => (version < since ? [] : [text]));
  known = {
    path: join(folder, 'daybook-globals.d.ts'),
    text: [ownText, ...later, sources, webAssembly].join('\n'),
  };
  return known;
}
