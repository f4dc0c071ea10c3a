import { posix } from 'node:path';

/** Pages of the site that stand for files of other places. */
const pages = {
  'docs/README.md': 'index.md',
  'README.md': 'start.md',
  'CONTRIBUTING.md': 'contributing.md',
  'RELEASE_NOTES.md': 'release-notes.md',
};

/**
 * Links to files of the repository that are no pages of the site: they lead to the repository where its address is
 * known, and are plain text elsewhere.
 *
 * @param {import('vitepress').MarkdownRenderer} markdown
 * @param {{ repository: string | undefined }} options - The address of the root's files, with a slash at its end.
 */
export function outsideLinks(markdown, { repository }) {
  markdown.core.ruler.before('replacements', 'outside-links', ({ tokens, env }) => {
    const { realPath, path = '' } = env;
    const folder = /\/docs\/(.*)$/.exec(`${posix.dirname(realPath ?? path)}/`)?.[1] ?? '';
    // Pages of this folder are parts of others, which stand at the root of the repository.
    const from = folder.startsWith('site/') ? '' : posix.join('docs', folder);
    for (const { children } of tokens) {
      if (children === null) continue;
      for (const [index, token] of children.entries()) {
        const image = token.type === 'image' ? token.attrGet('src') : null;
        if (image?.startsWith('docs/')) token.attrSet('src', image.replace('docs/', '../../'));
        const href = token.type === 'link_open' ? token.attrGet('href') : null;
        if (href === null || /^(?:[a-z]+:|#|\/)/.test(href)) continue;
        const [file = '', fragment] = posix.join(from, href).split('#');
        const hash = fragment === undefined ? '' : `#${fragment}`;
        const page = pages[file];
        if (page !== undefined) {
          token.attrSet('href', `/${page}${hash}`);
        } else if (file.startsWith('docs/') && !file.startsWith('docs/site/')) {
          token.attrSet('href', `/${file.slice('docs/'.length)}${hash}`);
        } else if (repository !== undefined) {
          token.attrSet('href', repository + file + hash);
        } else {
          token.hidden = true;
          const end = children.findIndex((one, at) => at > index && one.type === 'link_close');
          for (const one of [token, children[end]]) {
            if (one === undefined) continue;
            one.type = 'text';
            one.tag = '';
            one.nesting = 0;
            one.content = '';
          }
        }
      }
    }
  });
}
