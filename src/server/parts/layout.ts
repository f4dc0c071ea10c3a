// The frame of every page: head, navigation, footer, search button, theme switch.

import type { Element, ElementContent, Root } from 'hast';
import { defaultSite, type Site } from '../../config/project/project-settings.js';
import { h } from 'hastscript';
import { currentLocale, defaultLocale } from '../../text/locale.js';
import type { DashboardNotebook } from '../../publication/publication.js';
import type { ContentsEntry } from '../rendering/notebook/anchors.js';
import { groupNotebooks } from './groups.js';
import type { AccountLink } from '../access/audience.js';
import { relocate, type Address } from '../rendering/html/relocate.js';
import { toHtml } from '../rendering/html/to-html.js';
import { copyPolicy } from './content-policy.js';
import {
  accountPath,
  cataloguePath,
  feedPath,
  notebookPath,
  pipelinePath,
  signInPath,
} from '../paths.js';
import { stateIcon, stateOf, stateLabel } from './state.js';

/** The styles and scripts of a page as elements: links to hashed files, or the files themselves. */
export interface PageResources {
  /** In the head: the stylesheet, and the script that sets the theme before the first paint. */
  readonly head: readonly Element[];
  /** At the end of the body. */
  readonly scripts: readonly Element[];
  /** The project's own look; undefined: ours. */
  readonly house?: { readonly logo: readonly Element[]; readonly accent: string | undefined };
}

/** The content of a page, without the frame. */
export interface PageContent {
  readonly title: string;
  readonly description?: string | undefined;
  readonly main: readonly ElementContent[];
  readonly contents?: readonly ContentsEntry[];
  /** The absolute address of a preview image, 1200 × 630 pixels, for link previews. */
  readonly image?: string | undefined;
  /** The source of its numbers, for the head of each printed sheet. */
  readonly source?: string | undefined;
  /** Reloads the page after so many seconds. */
  readonly refreshSeconds?: number;
}

/** The frame that all pages of a state of the publication share. */
export interface PageFrame {
  readonly resources: PageResources;
  /** The notebooks of the navigation; undefined: a page without one. */
  readonly notebooks: readonly DashboardNotebook[] | undefined;
  /** Name, groups and order of the dashboard. */
  readonly site?: Site | undefined;
  /** The address of the page, which the navigation marks as current. */
  readonly path: string;
  /** The sign-in or account link; undefined: nobody signs in. */
  readonly account?: AccountLink | undefined;
  /** Whether the reader may open pipeline and data; default true. */
  readonly hasInternals?: boolean;
  /** A banner above the page. */
  readonly notice?: Element | undefined;
  /** Rewrites the paths of links; undefined: they stay. */
  readonly address?: Address | undefined;
}

/** A complete HTML document. */
export function pageDocument(content: PageContent, frame: PageFrame): string {
  const { resources, notebooks, site = defaultSite } = frame;
  const isHome = content.title === site.title;
  const contents = content.contents ?? [];
  const document: Root = {
    type: 'root',
    children: [
      { type: 'doctype' },
      h(
        'html',
        {
          lang: 'en',
          ...localeMark(),
          dataSource: content.source,
          dataRefresh: content.refreshSeconds,
        },
        [
          h('head', [
            h('meta', { charSet: 'utf-8' }),
            ...(frame.address === undefined ? [] : [copyPolicy()]),
            h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
            h('meta', { name: 'color-scheme', content: 'light dark' }),
            content.refreshSeconds === undefined
              ? undefined
              : h('noscript', [
                  h('meta', { httpEquiv: 'refresh', content: String(content.refreshSeconds) }),
                ]),
            h('title', isHome ? site.title : `${content.title} · ${site.title}`),
            content.description === undefined || content.description === ''
              ? undefined
              : h('meta', { name: 'description', content: content.description }),
            // Link previews (Open Graph protocol).
            ...openGraph({
              title: content.title,
              description: content.description,
              site_name: site.title,
              type: isHome ? 'website' : 'article',
              ...(content.image === undefined
                ? {}
                : { image: content.image, 'image:width': '1200', 'image:height': '630' }),
            }),
            content.image === undefined
              ? undefined
              : h('meta', { name: 'twitter:card', content: 'summary_large_image' }),
            h('link', { rel: 'icon', href: iconAddress(resources.house?.accent) }),
            notebooks === undefined
              ? undefined
              : h('link', { rel: 'alternate', type: 'application/atom+xml', href: feedPath }),
            ...resources.head,
          ]),
          h('body', { className: bodyClasses(notebooks === undefined, contents.length > 1) }, [
            h('a', { className: 'skip', href: '#content' }, 'Skip to the content'),
            h('header', { className: 'masthead' }, [
              brand(site, notebooks === undefined ? undefined : '/', resources.house?.logo),
              notebooks === undefined
                ? undefined
                : h(
                    'button',
                    { type: 'button', className: 'menu', popoverTarget: 'workspace' },
                    'Menu',
                  ),
              notebooks === undefined ? undefined : searchButton(),
              themeSwitch(),
              accountLink(frame.account),
            ]),
            notebooks === undefined ? undefined : workspace(notebooks, frame),
            h('main', { id: 'content', tabIndex: -1 }, [frame.notice, ...content.main]),
            contents.length > 1 ? contentsList(contents) : undefined,
            ...resources.scripts,
          ]),
        ],
      ),
    ],
  };
  return toHtml(frame.address === undefined ? document : relocate(document, frame.address));
}

/** The locale for the page's script, which writes numbers as the server does; nothing: the default. */
export function localeMark(): { readonly dataLocale?: string } {
  const locale = currentLocale();
  return locale === defaultLocale ? {} : { dataLocale: locale };
}

/** The columns are reserved from the start: the table of contents arrives last, and would move them. */
function bodyClasses(isAlone: boolean, hasContents: boolean): string[] | undefined {
  const classes = [...(isAlone ? ['alone'] : []), ...(hasContents ? ['with-contents'] : [])];
  return classes.length === 0 ? undefined : classes;
}

function openGraph(properties: Readonly<Record<string, string | undefined>>): Element[] {
  return Object.entries(properties).flatMap(([name, content]) =>
    content === undefined || content === '' ? [] : [h('meta', { property: `og:${name}`, content })],
  );
}

/** The icon of the browser's tab: a book. */
function iconAddress(accent = '#1f5a96'): string {
  const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="1" width="12" height="14" rx="1.5" fill="${accent}"/><path d="M5 5h6M5 8h6M5 11h3.5" stroke="#fff" stroke-width="1.4"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(icon)}`;
}

/** The logo, or the title; both where the logo is a mark without words. */
function brand({ title }: Site, href: string | undefined, logo: readonly Element[] = []): Element {
  const isMark = logo.every(({ properties }) => properties['alt'] === '');
  const content = [...logo, ...(isMark ? [{ type: 'text' as const, value: title }] : [])];
  return href === undefined
    ? h('span', { className: 'brand' }, content)
    : h('a', { className: 'brand', href }, content);
}

/** Hidden without script; the index is loaded on demand. */
function searchButton(): Element {
  return h('button', { type: 'button', className: 'search-button', hidden: true }, [
    'Search ',
    h('kbd', { ariaHidden: 'true' }, '/'),
  ]);
}

/** Hidden without script; the system's setting applies then. */
function themeSwitch(): Element {
  return h('button', { type: 'button', className: 'theme-switch', hidden: true }, 'Theme: system');
}

/** The navigation: a column on wide screens, a menu on narrow ones. */
function workspace(
  notebooks: readonly DashboardNotebook[],
  { path, hasInternals = true, site = defaultSite }: PageFrame,
): Element {
  const entry = (href: string, children: ElementContent[]) =>
    h('li', [h('a', { href, ariaCurrent: href === path ? 'page' : undefined }, children)]);
  return h('nav', { id: 'workspace', ariaLabel: 'Workspace', popover: 'auto' }, [
    h('ul', [entry('/', [{ type: 'text', value: 'Home' }])]),
    ...groupNotebooks(notebooks, site.groups).flatMap((group) => [
      h('p', { className: 'nav-title' }, group.name),
      h(
        'ul',
        group.notebooks.map((notebook) => {
          const state = stateOf(notebook);
          const mark =
            state === 'current'
              ? []
              : [stateIcon(state), h('span', { className: 'sr-only' }, ` ${stateLabel(state)}`)];
          return entry(notebookPath(notebook.slug), [h('span', notebook.title), ...mark]);
        }),
      ),
    ]),
    ...(hasInternals ? internalPages(entry) : []),
  ]);
}

/** The navigation's entries that are not notebooks: pipeline and data. */
function internalPages(entry: (href: string, children: ElementContent[]) => Element): Element[] {
  return [
    h('p', { className: 'nav-title' }, 'Behind the numbers'),
    h('ul', [
      entry(pipelinePath, [{ type: 'text', value: 'Pipeline' }]),
      entry(cataloguePath, [{ type: 'text', value: 'Data' }]),
    ]),
  ];
}

function accountLink(account: AccountLink | undefined): Element | undefined {
  if (account === undefined) return undefined;
  return account === 'account'
    ? h('a', { className: 'account', href: accountPath }, 'Account')
    : h('a', { className: 'account', href: signInPath }, 'Sign in');
}

function contentsList(contents: readonly ContentsEntry[]): Element {
  return h('aside', { className: 'contents' }, [
    h('nav', { ariaLabel: 'On this page' }, [
      h('p', { className: 'nav-title', ariaHidden: 'true' }, 'On this page'),
      h(
        'ul',
        contents.map(({ id, text, level }) =>
          h('li', { className: `level-${level}` }, [h('a', { href: `#${id}` }, text)]),
        ),
      ),
    ]),
  ]);
}
