import type { SourceFile } from '../extract/files/assign-files.js';
import type { Source } from '../definitions/source.js';
import { isOfAnother, isUntouched } from './file-decision.js';
import type { KnownFile } from '../../history/ledger.js';
import { LineBalance } from './line-balance.js';

/** What is to be done with the files, as far as it is known before one is read. */
export interface LoadPlan {
  readonly files: readonly SourceFile[];
  readonly ledger: ReadonlyMap<string, KnownFile>;
  /** Names of the sources that are declared: the ledger may have files of others. */
  readonly declared: ReadonlySet<string>;
  /** Files of the ledger that are no longer in the folder, or of a source that is declared no more, by name. */
  readonly gone: readonly (readonly [name: string, known: KnownFile])[];
  readonly balance: LineBalance;
}

/**
 * Holds the files of the folder against those that the warehouse has.
 *
 * @param files - All files of all sources.
 * @param sources - All that are declared.
 * @param fullRefresh - All files are read.
 * @param baseline - Lines of sources when a run last kept to its limits; of others what the ledger has.
 */
export function planLoad(
  files: readonly SourceFile[],
  ledger: ReadonlyMap<string, KnownFile>,
  sources: readonly Pick<Source, 'name'>[],
  fullRefresh: boolean,
  baseline: ReadonlyMap<string, number>,
): LoadPlan {
  const declared = new Set(sources.map(({ name }) => name));
  const present = new Set(files.map(({ file }) => file.name));
  const gone = [...ledger].filter(([name]) => isGone(name, present)).sort();
  const balance = new LineBalance();
  for (const [name, { source, loadedLines }] of ledger) balance.has(name, source, loadedLines);
  for (const [source, lines] of baseline) balance.stood(source, lines);
  const rates = linesPerByte(ledger);
  for (const { file, source } of files) {
    const known = ledger.get(file.name);
    const refresh = fullRefresh || isOfAnother(source, known);
    const isExact = known !== undefined && isUntouched({ file, source, known, refresh });
    // One that cannot be read stays as it is.
    const isStill = known?.bytes === file.bytes || file.problem !== undefined;
    const isSame = known?.source === source.name && isStill;
    const rate = ownRate(known) ?? rates.get(kindOf(source.name, isPacked(file.name, known)));
    const lines =
      isExact || isSame
        ? known.loadedLines
        : file.bytes === 0
          ? 0
          : rate === undefined
            ? undefined
            : file.bytes * rate;
    balance.expect(file.name, source.name, lines, isExact || isSame);
  }
  return { files, ledger, declared, gone, balance };
}

/** Why a file is taken out, in words that follow its name. */
export function goneReason(source: string, isDeclared: boolean): string {
  return isDeclared ? 'it is no longer in the folder' : notDeclared(source);
}

/** That a source is declared no more, in words. */
export function notDeclared(source: string): string {
  return `sql/sources has no ${source} any more`;
}

/**
 * Whether a file that is loaded is no longer in the folder.
 *
 * @param present - Names of files that are; of a folder that cannot be read its name with `/`.
 */
export function isGone(name: string, present: ReadonlySet<string>): boolean {
  if (present.has(name)) return false;
  const folders = name.split('/').slice(0, -1);
  return !folders.some((_, index) => present.has(`${folders.slice(0, index + 1).join('/')}/`));
}

/** Lines that a byte of a file made, as it is on disk; undefined when nothing can be told from it. */
function ownRate(known: KnownFile | undefined): number | undefined {
  if (known === undefined || known.bytes === 0 || known.loadedLines === 0) return undefined;
  return known.loadedLines / known.bytes;
}

/** The same for the files of each kind together. */
function linesPerByte(ledger: ReadonlyMap<string, KnownFile>): Map<string, number> {
  const sums = new Map<string, { lines: number; bytes: number }>();
  for (const [name, known] of ledger) {
    const kind = kindOf(known.source, isPacked(name, known));
    const { lines, bytes } = sums.get(kind) ?? { lines: 0, bytes: 0 };
    sums.set(kind, { lines: lines + known.loadedLines, bytes: bytes + known.bytes });
  }
  return new Map(
    [...sums]
      .filter(([, { lines, bytes }]) => lines > 0 && bytes > 0)
      .map(([kind, { lines, bytes }]) => [kind, lines / bytes]),
  );
}

function kindOf(source: string, packed: boolean): string {
  return `${source} ${packed ? 'packed' : 'plain'}`;
}

/** Whether a file is packed, before anybody has looked into it. */
function isPacked(name: string, known: KnownFile | undefined): boolean {
  return known === undefined ? /\.(?:gz|zst)$/.test(name) : known.unfinishedBytes === null;
}
