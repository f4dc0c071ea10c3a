import type { Cell, JsonObject, Notebook } from '../../src/nbformat/notebook.js';
import { code, display, notebookOf, prose } from './published.js';

/**
 * A notebook that has each payload in every place that content can stand in, the sixteen injection
 * points of CVE-2021-32862 among them: cells, outputs of every type, metadata, tags, ids, names.
 */
export function hostileNotebook(payloads: readonly string[]): Notebook {
  return notebookOf(payloads.flatMap(cellsWith), {
    title: payloads[0] ?? '',
    kernelspec: { name: payloads[0] ?? '', display_name: payloads[0] ?? '' },
    language_info: { name: payloads[0] ?? '', pygments_lexer: payloads[0] ?? '' },
    widgets: { 'application/vnd.jupyter.widget-state+json': { state: { x: payloads[0] ?? '' } } },
  });
}

function cellsWith(payload: string): Cell[] {
  const metadata: JsonObject = {
    width: payload,
    height: payload,
    alt: payload,
    filenames: { 'image/png': payload, 'image/jpeg': payload },
    svg_filename: payload,
  };
  const outputs = [
    { 'text/html': payload },
    { 'text/markdown': payload },
    { 'image/svg+xml': `<svg xmlns="http://www.w3.org/2000/svg">${payload}</svg>` },
    { 'image/svg+xml': payload, 'text/plain': payload },
    { 'image/png': `"><script>alert(1)</script>${payload}`, 'text/plain': payload },
    { 'image/jpeg': 'aGk=' },
    { 'application/javascript': `alert(1);${payload}` },
    { 'text/javascript': 'alert(1)' },
    { 'text/latex': payload },
    { 'application/json': { [payload]: payload, list: [payload] } },
    { 'application/geo+json': payload },
    { [payload]: payload },
    { 'application/vnd.jupyter.widget-view+json': { model_id: payload } },
    { 'application/vdom.v1+json': { tagName: 'script', children: [payload], attributes: {} } },
    {
      'application/vnd.daybook.metric+json': {
        label: payload,
        value: payload,
        unit: payload,
        change: payload,
        caption: payload,
      },
    },
  ].map((data) => display(data, metadata));
  return [
    prose(payload),
    prose(
      `# ${payload}\n\n[link](${payload}) ![image](${payload}) \`${payload}\`\n\n> [!NOTE] ${payload}`,
    ),
    prose(`| a |\n|---|\n| ${payload.replace(/\|/g, '')} |\n\n[^x]\n\n[^x]: ${payload}`),
    {
      ...prose('![x](attachment:x.png)'),
      attachments: { 'x.png': { 'image/png': payload } },
    } as Cell,
    { cell_type: 'raw', id: 'raw', metadata: { format: 'text/html' }, source: payload },
    code(
      `// ${payload}\n${payload}`,
      [
        ...outputs,
        { output_type: 'stream', name: payload, text: payload },
        {
          output_type: 'stream',
          name: 'stdout',
          text: `\u001b]8;;javascript:alert(1)\u001b\\${payload}`,
        },
        {
          output_type: 'error',
          ename: payload,
          evalue: payload,
          traceback: [payload, `> 1 | ${payload}`],
        },
      ],
      { tags: [payload], name: payload, collapsed: payload },
    ),
  ];
}

/** A chart with payloads in all of its texts, and in what it would load. */
export function hostileCharts(payloads: readonly string[]): Notebook {
  return notebookOf([
    prose('# Charts'),
    ...payloads.map((payload) =>
      code('plot()', [
        display({
          'application/vnd.plotly.v1+json': {
            data: [
              {
                type: 'bar',
                name: payload,
                x: [payload, 'b'],
                y: [1, 2],
                text: [payload, `<a href="javascript:alert(1)">${payload}</a>`],
                hovertemplate: payload,
                marker: { color: payload },
              },
            ],
            layout: {
              title: { text: payload },
              xaxis: { title: { text: payload }, ticksuffix: payload },
              yaxis: { title: payload, tickprefix: payload },
              annotations: [{ text: payload, x: 0, y: 1 }],
              images: [
                { source: 'https://example.org/tracker.png', x: 0, y: 0, sizex: 1, sizey: 1 },
              ],
              meta: {
                daybook: { title: payload, caption: payload, alt: payload, source: payload },
              },
            },
            config: { plotlyServerURL: 'https://example.org', displayModeBar: true },
          },
        }),
      ]),
    ),
  ]);
}
