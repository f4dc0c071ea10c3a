import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { format } from 'prettier';

/** A table of measured figures, with what a reader must know to judge them. */
export interface FigureTable {
  title: string;
  /** How it was measured, against what; one paragraph of markdown. */
  method: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Peers that are not installed here, by name. */
  leftOut?: readonly string[];
}

const performancePage = new URL('../docs/performance.md', import.meta.url);

/** The load when the measuring began: what it does itself must not count. */
const loadBefore = loadavg()[0] ?? 0;

/**
 * Prints the table, and with BENCH_WRITE=1 puts it in its section of docs/performance.md, the part
 * between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`; a new section goes to the end.
 */
export async function reportTable(name: string, table: FigureTable): Promise<void> {
  const markdown = sectionOf(table);
  process.stdout.write(`\n${markdown}\n`);
  if (process.env['BENCH_WRITE'] !== '1') return;
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const page = readFileSync(performancePage, 'utf8');
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  const section = `${start}\n\n${markdown}\n\n${end}`;
  const changed =
    from < 0 || to < from
      ? `${page.trimEnd()}\n\n${section}\n`
      : page.slice(0, from) + section + page.slice(to + end.length);
  writeFileSync(
    performancePage,
    await format(changed, { parser: 'markdown', printWidth: 100, proseWrap: 'preserve' }),
  );
}

function sectionOf({ title, method, columns, rows, leftOut = [] }: FigureTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `## ${title}`,
    method,
    [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n'),
    ...(leftOut.length > 0 ? [`Not installed, so left out: ${leftOut.join(', ')}.`] : []),
    `_${machine()}._`,
  ].join('\n\n');
}

/** What the figures were made on. */
function machine(): string {
  const [cpu] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
    `load average ${loadBefore.toFixed(1)} before`,
  ].join(', ');
}
