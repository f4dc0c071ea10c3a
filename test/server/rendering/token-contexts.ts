import { toCsv } from '../../../src/chart/files/csv.js';
import { cleanPlotlyText, plainText } from '../../../src/chart/figure/plotly-text.js';
import { parseNotebook } from '../../../src/nbformat/read-notebook.js';
import type { JsonObject, Notebook, Output } from '../../../src/nbformat/notebook.js';
import { pageValues } from '../../../src/server/rendering/page-values.js';
import { renderMermaidSVG } from 'beautiful-mermaid';
import { notebookBody } from '../../../src/server/rendering/notebook/notebook-body.js';
import { readNotebookPage } from '../../../src/server/rendering/notebook/notebook-page.js';
import { toHtml } from '../../../src/server/rendering/html/to-html.js';
import { searchEntries } from '../../../src/server/rendering/search-index.js';
import { code, display, notebookOf, prose } from '../published.js';

/** A place of a notebook that holds text, and what means something to whoever reads it there. */
export interface TokenContext {
  readonly name: string;
  readonly tokens: readonly string[];
  /** A notebook with a text in that place. */
  readonly notebook: (text: string) => Notebook;
}

const output = (data: JsonObject) => notebookOf([code('x', [display(data)])]);
const written = (one: Output) => notebookOf([code('x', [one])]);
const fence = (language: string) => (text: string) =>
  notebookOf([prose(`\`\`\`\`${language}\n${text}\n\`\`\`\`\n`)]);

const codeTokens = [
  ...[
    '//',
    '/*',
    '*/',
    '#',
    '--',
    ' ',
    '\n',
    '\t',
    '\u2028',
    '`',
    '${',
    '}',
    '{',
    '(',
    ')',
    '[',
    ']',
  ],
  ...[
    '<',
    '>',
    '=>',
    '=',
    '"',
    "'",
    '\\',
    'a',
    '1',
    '.',
    '@',
    '$',
    'class ',
    'function ',
    'const ',
  ],
  ...[
    '/',
    '?',
    '&',
    '|',
    '-',
    '_',
    'a(',
    'a<',
    'a:',
    '\r',
    '1e',
    '"""',
    'f"',
    '->',
    'select ',
    '$$',
  ],
];

/** Every place, with its tokens. */
export const tokenContexts: readonly TokenContext[] = [
  {
    name: 'markdown',
    tokens: [
      ...[
        '*',
        '_',
        '**',
        '`',
        '[',
        '](',
        ')',
        '![',
        '<',
        '<b>',
        '</b>',
        '<!--',
        '-->',
        '&',
        '|',
        '\n',
      ],
      ...[
        '\n\n',
        '- ',
        '> ',
        '1. ',
        '# a\n',
        '$',
        '$$',
        '\\',
        '~~',
        'a',
        ' ',
        '\t',
        'http://a.',
        'a@b.',
      ],
      ...[
        'www.',
        '[^a]',
        '[^a]: ',
        '[a]: b\n',
        '"',
        '    ',
        '```\n',
        '~~~',
        '|-',
        '\n|a',
        '\r',
        '\u2028',
      ],
      ...[
        '\\begin{align}',
        '\\end{align}',
        '<?',
        '<![CDATA[',
        '<div>\n',
        '=\n',
        '-\n',
        '***\n',
        '$a$',
      ],
    ],
    notebook: (text) => notebookOf([prose(text)]),
  },
  {
    name: 'code',
    tokens: codeTokens,
    notebook: (text) => notebookOf([code(text), code(`b(${text}`)]),
  },
  ...['python', 'sql', 'json', 'html', 'r', 'yaml', 'bash'].map((language) => ({
    name: `code in ${language}`,
    tokens: codeTokens,
    notebook: fence(language),
  })),
  {
    name: 'HTML',
    tokens: [
      ...[
        '<',
        '<b>',
        '</b>',
        '<p>',
        '</p>',
        '<a>',
        '</a>',
        '<div>',
        '</div>',
        '<table>',
        '<tr>',
        '<td>',
      ],
      ...[
        '</table>',
        '<svg>',
        '<svg ',
        '<math>',
        '<!--',
        '-->',
        '&',
        '<b id=1>',
        '<i>',
        '<nobr>',
        'a',
        ' ',
      ],
      ...[
        '<h2>a</h2>',
        '<li>',
        '<select>',
        '<option>',
        '<template>',
        '<form>',
        '<button>',
        '\n',
        '"',
        '=',
      ],
      ...[
        '<pre>',
        '<details>',
        '<ruby>',
        '<rt>',
        '<style>',
        '<script>',
        '<title>',
        '</',
        '<x',
        '<font>',
      ],
      ...['<foreignObject>', '\0', '<img src=x>', '<a href=x>', '<input>', '<caption>', '<col>'],
    ],
    notebook: (text) => output({ 'text/html': text }),
  },
  {
    name: 'SVG',
    tokens: ['<svg ', '<svg', '<svg>', '>', 'xmlns=', ' ', '\n', 'a', '<', '"'],
    notebook: (text) => output({ 'image/svg+xml': `<svg>${text}` }),
  },
  {
    name: 'streams',
    tokens: [
      ...[
        '\r',
        '\n',
        '\b',
        '\u001b[',
        '\u001b[K',
        '\u001b[1m',
        '\u001b]',
        '\u001b',
        'a',
        ' ',
        '\u009b',
      ],
      ...['\u0007', '\u001b[38;5;1m', ';', '0', 'm', 'é', '😀', '\t', '\u001b\\', '\u0090'],
    ],
    notebook: (text) => written({ output_type: 'stream', name: 'stdout', text }),
  },
  {
    name: 'errors',
    tokens: ['>', ' ', '|', '^', '1', '> 1 | ', '\n', '\u001b[1m', '\r', 'a'],
    notebook: (text) =>
      written({
        output_type: 'error',
        ename: text,
        evalue: text,
        traceback: [`> 1 | ${text}`, text],
      }),
  },
  {
    name: 'LaTeX',
    tokens: [
      ...[
        '$',
        '$$',
        '\\(',
        '\\)',
        ' ',
        'a',
        '{',
        '}',
        '\\frac',
        '^',
        '_',
        '\\sqrt',
        '\\left(',
        '\\right)',
      ],
      ...[
        '&',
        '\\\\',
        '\\begin{matrix}',
        '\\end{matrix}',
        '\\def\\a{',
        '\\text{',
        '\\color{red}',
        '#',
      ],
      ...['\\overline{', '%', '\n', "'", '\\rule{1em}{1em}', '\\not', '^{', '_{', '\\frac{'],
    ],
    notebook: (text) => notebookOf([...output({ 'text/latex': text }).cells, prose(`$${text}$`)]),
  },
  {
    name: 'JSON',
    tokens: ['[', ']', '{"a":', '}', '1,', '"a"', ',', ' ', '\n', '\\'],
    notebook: (text) => output({ 'application/json': text }),
  },
  {
    name: 'diagrams',
    tokens: [
      'A-->B\n',
      'A & ',
      ' --> ',
      '\n',
      'A',
      'subgraph a\n',
      'end\n',
      '[',
      ']',
      '|',
      ';',
      '-',
    ],
    notebook: (text) => notebookOf([prose(`\`\`\`mermaid\ngraph TD\n${text}\n\`\`\`\n`)]),
  },
  {
    name: 'texts of charts',
    tokens: [
      '<',
      '>',
      '<b>',
      '<x>',
      '/',
      ' ',
      'a',
      '&',
      '&#',
      '<br',
      ';',
      '</',
      '<a ',
      '%',
      '{',
      '2020-01-01',
    ],
    notebook: (text) =>
      output({
        'application/vnd.plotly.v1+json': {
          data: [{ type: 'bar', name: text, text, x: [text, 'b'], y: [1, 2] }],
          layout: { title: { text }, xaxis: { title: text, tickformat: text, tickprefix: text } },
        },
      }),
  },
  {
    name: 'metadata',
    tokens: ['a', ' ', '"', '<', '\n', 'tab:', '-', '_', '\0'],
    notebook: (text) => ({
      ...notebookOf([
        code('x', [display({ 'text/plain': 'a' }, { width: text, alt: text })], { tags: [text] }),
      ]),
      metadata: { language_info: { name: text }, title: text },
    }),
  },
];

/** All that is made of a notebook, as one text. */
export function layOut(notebook: Notebook): string {
  const read = parseNotebook(JSON.stringify(notebook), 'x');
  const page = readNotebookPage(read, {
    name: 'x',
    drawDiagram: (source) => renderMermaidSVG(source),
  });
  const body = notebookBody(page, { files: (name, form) => `${name}.${form}`, showsCode: false });
  const rows = page.figures.map(({ table }) => (table === undefined ? '' : toCsv(table)));
  const found = [searchEntries(page, '/'), pageValues(page), rows];
  const texts = page.figures.map(({ figure }) => cleanPlotlyText(plainText(figure.title ?? '')));
  return toHtml({ type: 'root', children: body }) + JSON.stringify(found) + texts.join('');
}

/** Texts of about a length that repeat tokens: one, two by turns, one before many, many before one, both in halves. */
export function repetitions([first, second]: readonly [string, string?], length: number): string[] {
  const many = (token: string, characters = length) =>
    token.repeat(Math.max(1, Math.floor(characters / token.length)));
  if (second === undefined) return [many(first)];
  return [
    many(first + second),
    first + many(second),
    many(first) + second,
    many(first, length / 2) + many(second, length / 2),
  ];
}
