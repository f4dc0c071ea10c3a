/**
 * Lets the declarations of `daybook/pipeline` lead to the types of the tables of the project that the package is
 * installed in: no compiler or editor needs to be told of `daybook-env.d.ts`, as of a cell in VS Code, which belongs to
 * no tsconfig.json. TypeScript passes over it where there is none.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../dist/pipeline/index.d.ts', import.meta.url);
const lead = `// @ts-ignore: a project has none before its first pipeline run.
import '../../../../daybook-env.js';
`;
const text = readFileSync(path, 'utf8');
if (!text.startsWith(lead)) writeFileSync(path, lead + text);
