import { format } from 'oxfmt';

/** A table of markdown; what would end a cell is escaped. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cellText(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replace(/\s*\n\s*/g, ' ');
}

/** Text as code; a dash for none. */
export function code(text: string | undefined): string {
  return text === undefined || text === '' ? '–' : `\`${text}\``;
}

/** A page: its parts one below the other, as the formatter writes them. */
export async function markdownPage(title: string, parts: readonly string[]): Promise<string> {
  const mark =
    '<!-- Made from the code by `npm run docs:reference`: change the code, not this page. -->';
  const { code: page } = await format('page.md', [`# ${title}`, mark, ...parts].join('\n\n'), {
    printWidth: 100,
    singleQuote: true,
  });
  return page;
}
