// @module-tag heavy
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createDaybook } from 'create-daybook';
import type { Code, Paragraph, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { expect, onTestFinished, test } from 'vitest';
import { daybookInProcess } from '../commands/daybook-in-process.js';
import { root } from '../database.js';
import { temporaryFolder } from '../temporary-folder.js';

/** The paths in code of the paragraph above a block: the last one is the file that the block is. */
function fileAbove(node: RootContent | undefined): string | undefined {
  if (node?.type !== 'paragraph') return undefined;
  return pathsOf(node).at(-1);
}

function pathsOf({ children }: Paragraph): string[] {
  return children.flatMap((child) =>
    child.type === 'inlineCode' && /^[\w-]+(?:\/[\w-]+)*\/[\w-]+\.\w+$/.test(child.value)
      ? [child.value]
      : [],
  );
}

/** Durations differ between machines. */
const timeless = (text: string) => text.replace(/\d+(?:\.\d)? (?:ms|s)\b/g, 'N ms').trimEnd();

/** The tutorial, as somebody follows it who only copies. */
class Reader {
  readonly #home: string;
  #cwd: string;
  #said = '';
  readonly #cells: { readonly type: 'markdown' | 'code'; readonly source: string }[] = [];
  #notebook: string | undefined;

  constructor(cwd: string) {
    this.#cwd = cwd;
    this.#home = join(cwd, 'shop', '.daybook');
  }

  /** Meets the notebook that the next cells are of. */
  paragraph(node: Paragraph): void {
    const notebook = pathsOf(node).find((path) => path.endsWith('.ipynb'));
    if (notebook !== undefined && this.#cells.length === 0) this.#notebook = notebook;
  }

  async block({ lang, value }: Code, above: RootContent | undefined): Promise<void> {
    const path = fileAbove(above);
    if (lang === 'sh') {
      this.#saveNotebook();
      this.#said = '';
      for (const line of value.split('\n')) await this.#command(line);
    } else if (lang === 'text') {
      expect(timeless(this.#said)).toContain(timeless(value));
    } else if (lang === 'diff' && path !== undefined) {
      const [before = '', after = ''] = value.split('\n').map((line) => line.slice(1));
      const text = readFileSync(join(this.#cwd, path), 'utf8');
      expect(text).toContain(before);
      writeFileSync(join(this.#cwd, path), text.replace(before, after));
    } else if (lang === 'ts' || lang === 'markdown') {
      this.#cells.push({ type: lang === 'ts' ? 'code' : 'markdown', source: value });
    } else {
      expect([lang, path]).toEqual([lang, expect.any(String)]);
      mkdirSync(dirname(join(this.#cwd, path!)), { recursive: true });
      writeFileSync(join(this.#cwd, path!), `${value}\n`);
    }
  }

  /** Ends the Postgres of the project. */
  async close(): Promise<void> {
    await daybookInProcess(['db', 'stop'], { cwd: this.#cwd, env: this.#env });
  }

  #saveNotebook(): void {
    if (this.#cells.length === 0) return;
    const cells = this.#cells.splice(0).map(({ type, source }, index) => ({
      ...{ cell_type: type, id: `cell-${index}`, metadata: {}, source },
      ...(type === 'code' ? { execution_count: null, outputs: [] } : {}),
    }));
    const kernelspec = { name: 'daybook', display_name: 'TypeScript (Daybook)' };
    const notebook = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(this.#cwd, this.#notebook!), JSON.stringify(notebook));
  }

  async #command(line: string): Promise<void> {
    const create = /^npm create daybook@latest (.*)$/.exec(line)?.[1];
    const folder = /^cd (\S+)$/.exec(line)?.[1];
    if (create !== undefined) {
      const args = create.split(' ').filter((word) => word !== '--');
      const said = (text: string) => (this.#said += text);
      const surroundings = { cwd: this.#cwd, env: {}, isInteractive: false, out: said, err: said };
      expect(await createDaybook([...args, '--no-install'], surroundings)).toBe(0);
    } else if (folder !== undefined) {
      this.#cwd = join(this.#cwd, folder);
      mkdirSync(join(this.#cwd, 'node_modules'));
      symlinkSync(root, join(this.#cwd, 'node_modules', 'daybook'));
    } else if (line.startsWith('npx daybook ')) {
      const args = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
      const options = { cwd: this.#cwd, env: this.#env };
      const { exitCode, stdout, stderr } = await daybookInProcess(args.slice(2), options);
      this.#said += stdout + stderr;
      expect([line, exitCode, this.#said]).toEqual([line, 0, this.#said]);
    } else {
      // What serves is not waited for.
      const own = line
        .replace(/^npm start$/, 'npx daybook up --once')
        .replace(/^npm test$/, 'npx daybook test')
        .replace(/^npx daybook /, `"${process.execPath}" "${join(root, 'bin', 'daybook.js')}" `);
      expect([line, await this.#run('sh', ['-c', own]), this.#said]).toEqual([line, 0, this.#said]);
    }
  }

  get #env() {
    return { PATH: process.env['PATH'], HOME: process.env['HOME'], DAYBOOK_HOME: this.#home };
  }

  async #run(program: string, args: readonly string[]): Promise<number | null> {
    const env = this.#env;
    const child = spawn(program, args, { cwd: this.#cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (data) => (this.#said += String(data)));
    child.stderr.on('data', (data) => (this.#said += String(data)));
    return new Promise((resolve) => child.on('close', resolve));
  }
}

test('docs/tutorial.md does what it says, from an empty folder to a published page', async () => {
  const reader = new Reader(temporaryFolder());
  onTestFinished(() => reader.close());
  const { children } = fromMarkdown(readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8'));
  for (const [index, node] of children.entries()) {
    if (node.type === 'paragraph') reader.paragraph(node);
    if (node.type === 'code') await reader.block(node, children[index - 1]);
  }
});
