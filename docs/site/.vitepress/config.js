import { defineConfig } from 'vitepress';
import { outsideLinks } from './outside-links.js';

/**
 * The path below which a host shows the site, like `/daybook/`. `./`: any, also a folder that a browser opens; only the
 * page for what is not there then needs to stand at the top.
 */
const base = process.env['DOCS_BASE'] ?? './';

/** Where files of the repository are read, like `https://example.org/daybook/blob/main/`; unset: they are no links. */
const repository = process.env['DOCS_REPOSITORY'];

/**
 * Pages stand outside of this folder, and the packages that they are compiled to within.
 *
 * @type {import('vite').Plugin}
 */
const packagesOfTheSite = {
  name: 'packages-of-the-site',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!/^vue($|\/)/.test(source) || importer?.endsWith('.md') !== true) return undefined;
    return this.resolve(source, import.meta.filename, { skipSelf: true });
  },
};

const guides = [
  { text: 'Analyst', link: '/analyst' },
  { text: 'Models', link: '/models' },
  { text: 'Sources', link: '/sources' },
  { text: 'Project file', link: '/project' },
  { text: 'Operator', link: '/operator' },
  { text: 'Scaling, other orchestrators', link: '/scaling' },
  { text: 'Upgrading', link: '/upgrade' },
  { text: 'Administrator', link: '/administrator' },
  { text: 'Security', link: '/security' },
  { text: 'Viewer', link: '/viewer' },
];

const reference = [
  { text: 'Commands', link: '/reference/commands' },
  { text: 'Environment variables', link: '/reference/settings' },
  { text: 'daybook/config', link: '/reference/project-file' },
  { text: 'Model headers and tests', link: '/reference/models' },
  { text: 'Source declarations', link: '/reference/sources' },
  { text: 'daybook/pipeline', link: '/reference/pipeline' },
  { text: 'daybook/display', link: '/reference/display' },
  { text: 'Notebook metadata and tags', link: '/reference/notebooks' },
  { text: 'Error codes', link: '/errors' },
  { text: 'HTTP addresses', link: '/reference/addresses' },
  { text: 'Metrics', link: '/reference/metrics' },
  { text: 'Graph', link: '/reference/graph' },
];

export default defineConfig({
  title: 'Daybook',
  description: 'A TypeScript analytics workspace on Postgres: notebooks, a pipeline, a dashboard.',
  lang: 'en',
  base,
  srcDir: '..',
  srcExclude: ['site/node_modules/**', 'site/dist/**', 'README.md'],
  rewrites: { 'site/pages/:page': ':page' },
  outDir: 'dist',
  lastUpdated: false,
  // Nothing of a page comes from elsewhere, fonts neither.
  head: [
    ['meta', { name: 'color-scheme', content: 'light dark' }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  markdown: {
    include: { rebaseRelativeUrls: false },
    config: (markdown) => {
      // What looks like a tag is text, as on other readers of these files.
      markdown.disable('html_inline');
      markdown.use(outsideLinks, { repository });
    },
  },
  vite: { plugins: [packagesOfTheSite] },
  // Pages of wide tables take the room of the list of headings.
  transformPageData: ({ relativePath }) =>
    /^(?:errors|reference\/(?:addresses|metrics|notebooks|sources))\.md$/.test(relativePath)
      ? { frontmatter: { aside: false } }
      : undefined,
  // The landing page of the default theme has no landmark for what it is about.
  transformHtml: (html) =>
    html.replace('<div class="VPContent is-home"', '<div role="main" class="VPContent is-home"'),
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Guides', items: guides },
      { text: 'Reference', items: reference },
      { text: 'Release notes', link: '/release-notes' },
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          { text: 'Start', link: '/start' },
          { text: 'Tutorial', link: '/tutorial' },
        ],
      },
      { text: 'Guides', items: guides },
      { text: 'Reference', items: reference },
      {
        text: 'Daybook itself',
        collapsed: true,
        items: [
          { text: 'Architecture', link: '/architecture' },
          { text: 'Contributing', link: '/contributing' },
          { text: 'Decisions', link: '/decisions' },
          { text: 'Performance', link: '/performance' },
          { text: 'Release notes', link: '/release-notes' },
        ],
      },
    ],
  },
});
