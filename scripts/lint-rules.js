// Forms of syntax that this project does not use, as rules of oxlint, which has none that takes forms.

/** A rule that reports nodes of a selector. */
const forbid = (selector, message) => ({
  create: (context) => ({
    [selector]: (node) => context.report({ node, message }),
  }),
});

export default {
  meta: { name: 'daybook' },
  rules: {
    'no-recursive-mkdir': forbid(
      'CallExpression[callee.name=/^mkdir(Sync)?$/] Property[key.name="recursive"]',
      'src/files/make-folder.ts also ends below /proc.',
    ),
    'no-neighbour-url': forbid(
      'NewExpression[callee.name="URL"] > MemberExpression[object.type="MetaProperty"]',
      'Bundled code stands elsewhere: packageFile finds what comes with Daybook.',
    ),
  },
};
