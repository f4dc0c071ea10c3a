// The plan of a load: which files are new, changed, unchanged or gone.

import type { SourceFile } from '../extract/files/assign-files.js';
import type { Source } from '../definitions/source.js';
import { isOfAnother, isUntouched } from './file-decision.js';
import type { KnownFile } from '../../history/files/ledger.js';
import { LineBalance } from './line-balance.js';

/** The plan of a load, before a file is read. */
export interface LoadPlan {
  readonly files: readonly SourceFile[];
  readonly ledger: ReadonlyMap<string, KnownFile>;
  /** Names of the declared sources: the ledger may have files of others. */
  readonly declared: ReadonlySet<string>;
  /** Files of the ledger that are no longer in the folder, or whose source is declared no more, by name. */
  readonly gone: readonly (readonly [name: string, known: KnownFile])[];
  readonly balance: LineBalance;
}

/**
 * Compares the files of the folder with the ledger.
 *
 * @param files - All files of all sources.
 * @param sources - All declared sources.
 * @param fullRefresh - All files are read.
 * @param baseline - Lines of sources at the last run that kept all limits; default those of the ledger.
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
  for (const [name, { source, loadedLines }] of ledger)
    balance.addLoaded(name, source, loadedLines);
  for (const [source, lines] of baseline) balance.setBaseline(source, lines);
  const rates = linesPerByte(ledger);
  for (const { file, source } of files) {
    const known = ledger.get(file.name);
    const refresh = fullRefresh || isOfAnother(source, known);
    const isExact = known !== undefined && isUntouched({ file, source, known, refresh });
    // An unreadable file keeps its rows.
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

/** Why a file is removed, in words that follow its name. */
export function goneReason(source: string, isDeclared: boolean): string {
  return isDeclared ? 'it is no longer in the folder' : notDeclared(source);
}

/** The notice that a source is declared no more. */
export function notDeclared(source: string): string {
  return `sql/sources has no ${source} any more`;
}

/**
 * Whether a loaded file is no longer in the folder.
 *
 * @param present - Names of files; of an unreadable folder its name with `/`.
 */
export function isGone(name: string, present: ReadonlySet<string>): boolean {
  if (present.has(name)) return false;
  const folders = name.split('/').slice(0, -1);
  return !folders.some((_, index) => present.has(`${folders.slice(0, index + 1).join('/')}/`));
}

/** Lines for each byte on disk of a file; undefined when it is unknown. */
function ownRate(known: KnownFile | undefined): number | undefined {
  if (known === undefined || known.bytes === 0 || known.loadedLines === 0) return undefined;
  return known.loadedLines / known.bytes;
}

/** Lines for each byte of all files of a kind. */
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

/** Whether a file is packed, by its name or its record. */
function isPacked(name: string, known: KnownFile | undefined): boolean {
  return known === undefined ? /\.(?:gz|zst)$/.test(name) : known.unfinishedBytes === null;
}
