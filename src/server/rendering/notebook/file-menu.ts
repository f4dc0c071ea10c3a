// The menu under a figure with its data and its picture as files: links that need no script.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { toCsv } from '../../../chart/files/csv.js';
import type { Value } from '../../../chart/figure/values.js';

/** A figure in a menu. */
export interface FileSource {
  readonly name: string;
  /** What its links are called: its title, or its name. */
  readonly label: string;
  /** The ends of its files' names. */
  readonly forms: readonly string[];
  /** Its data, for a page that leads to no files. */
  readonly data?: CsvData | undefined;
}

interface CsvData {
  readonly columns: readonly { readonly label: string }[];
  readonly rows: readonly (readonly Value[])[];
}

/** The address of a figure as a file; undefined: the page stands alone, and holds the data that it has. */
export type FigureFiles = ((name: string, form: string) => string) | undefined;

/** The forms of data in rows. */
export const dataForms: readonly string[] = ['csv', 'xlsx'];

const labels: Readonly<Record<string, string>> = {
  ...{ csv: 'CSV', xlsx: 'Excel', json: 'JSON', svg: 'SVG' },
};

/** The menu of one figure, or of several, each with its label; undefined: there is nothing to save. */
export function fileMenu(files: FigureFiles, sources: readonly FileSource[]): Element | undefined {
  const entries = sources.flatMap((source) => {
    const links = linksOf(files, source);
    return links.length === 0 ? [] : [{ label: source.label, links }];
  });
  const [first] = entries;
  if (first === undefined) return undefined;
  const isOne = entries.length === 1;
  const what = isOne ? first.label : 'these figures';
  return h('details', { className: 'figure-files' }, [
    h('summary', { ariaLabel: `Save ${what}` }, 'Save'),
    h(
      'ul',
      entries.map(({ label, links }) =>
        h('li', [
          ...(isOne ? [] : [h('span', `${label} `)]),
          ...links.flatMap((link) => [link, ' ']),
        ]),
      ),
    ),
  ]);
}

function linksOf(files: FigureFiles, { name, label, forms, data }: FileSource): Element[] {
  const link = (form: string, href: string) =>
    h(
      'a',
      { href, download: `${name}.${form}`, ariaLabel: `${labels[form] ?? form} of ${label}` },
      labels[form] ?? form,
    );
  if (files !== undefined) return forms.map((form) => link(form, files(name, form)));
  return data === undefined
    ? []
    : [link('csv', `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(data))}`)];
}
