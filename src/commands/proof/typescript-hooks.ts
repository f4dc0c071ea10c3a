// Module hooks with which Node.js loads a project's tests in TypeScript.

import { existsSync, readFileSync } from 'node:fs';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Files of TypeScript that are the project's own: packages bring JavaScript. */
const typescript = /^file:(?!.*\/node_modules\/).*\.m?ts$/;

/** Finds `x.ts` where `x.js` is imported, as TypeScript names it. */
export const resolve: ResolveHook = (specifier, context, next) => {
  const { parentURL } = context;
  if (
    parentURL !== undefined &&
    typescript.test(parentURL) &&
    /^\.{1,2}\/.*\.m?js$/.test(specifier)
  ) {
    const named = new URL(specifier, parentURL);
    const source = new URL(specifier.replace(/js$/, 'ts'), parentURL);
    if (!existsSync(named) && existsSync(source)) return next(source.href, context);
  }
  return next(specifier, context);
};

/** Takes the types out; what they are is checked by an editor, and by the check of notebooks. */
export const load: LoadHook = (url, context, next) => {
  if (!typescript.test(url)) return next(url, context);
  const fileName = fileURLToPath(url);
  const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), {
    fileName,
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
};
