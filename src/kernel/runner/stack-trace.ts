// Stack traces in lines of sources.

import { SourceMap } from 'node:module';
import { inSourceNames } from './error-report.js';
import { errorHead } from './primordials.js';

/** A script with its source map. */
export interface MappedScript {
  /** The name of the source in stack traces: `In[3]`, or a file's path. */
  readonly label: string;
  /** Source map (JSON). */
  readonly map: string;
  /** Lines of the script before the mapped code. */
  readonly lineOffset: number;
}

/** Maps stack traces to sources, on demand. */
export class StackTraces {
  readonly #scripts = new Map<string, MappedScript>();
  readonly #maps = new Map<string, SourceMap>();

  /** @param name - The script's name for V8: a file name or URL. */
  add(name: string, script: MappedScript): void {
    this.#scripts.set(name, script);
    this.#maps.delete(name);
  }

  /** Makes {@link format} the formatter of {@link Error.stack} in this process. */
  install(): void {
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = (error, sites) => {
      try {
        return this.format(error, sites);
      } catch {
        return headOf(error); // a cell has changed what this needs
      }
    };
  }

  format(error: unknown, sites: readonly NodeJS.CallSite[]): string {
    const last = sites.findLastIndex((site) => !isInner(site));
    const shown = sites.slice(0, last + 1).filter((site) => !isOurs(site));
    return [headOf(error), ...shown.map((site) => `    at ${this.#describe(site)}`)].join('\n');
  }

  /** Maps lines of a stack that V8 wrote in another realm, without {@link install}. */
  inSources(frames: readonly string[]): string[] {
    const isInside = (frame: string) => frame.includes(ownFolder) || /\(?node:/.test(frame);
    const last = frames.findLastIndex((frame) => !isInside(frame));
    return frames
      .slice(0, last + 1)
      .filter((frame) => !frame.includes(ownFolder))
      .map((frame) =>
        frame.replace(
          /(In\[[^\]]+\]):(\d+):(\d+)/,
          (place, name: string, line, column) =>
            this.#place(name, Number(line), Number(column)) ?? place,
        ),
      );
  }

  #describe(site: NodeJS.CallSite): string {
    const text = (site as { toString(): string }).toString();
    const name = site.getFileName() ?? site.getScriptNameOrSourceURL();
    const line = site.getLineNumber();
    const column = site.getColumnNumber();
    if (name === null || line === null || column === null) return text;
    const place = this.#place(name, line, column);
    return place === undefined ? text : text.replace(`${name}:${line}:${column}`, () => place);
  }

  /** The position in the source; undefined: a script without a map. */
  #place(name: string, line: number, column: number): string | undefined {
    const script = this.#scripts.get(name);
    if (script === undefined) return undefined;
    const entry = this.#mapOf(name, script).findEntry(line - 1 - script.lineOffset, column - 1);
    if (!('originalLine' in entry)) return script.label;
    return `${script.label}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }

  #mapOf(name: string, script: MappedScript): SourceMap {
    let map = this.#maps.get(name);
    if (map === undefined) {
      map = new SourceMap(JSON.parse(script.map) as ConstructorParameters<typeof SourceMap>[0]);
      this.#maps.set(name, map);
    }
    return map;
  }
}

const ownFolder = new URL('../..', import.meta.url).href;

/** Frames of Daybook itself, which say nothing about the cell. */
function isOurs(site: NodeJS.CallSite): boolean {
  return site.getFileName()?.startsWith(ownFolder) === true;
}

/** Frames of the cell's callers. */
function isInner(site: NodeJS.CallSite): boolean {
  return isOurs(site) || site.getFileName()?.startsWith('node:') === true;
}

function headOf(error: unknown): string {
  try {
    return inSourceNames(errorHead(error));
  } catch {
    return 'Error';
  }
}
