// The pages of sign-in, account and sign-out.

import type { Element } from 'hast';
import { h } from 'hastscript';
import type { AccountView, SignInPages, SignInProblem, SignInView } from './sign-in-responses.js';
import { pageDocument, type PageFrame } from '../../parts/layout.js';
import { signInPath, signOutPath } from '../../paths.js';

const problems: Readonly<Record<SignInProblem, string>> = {
  wrong: 'That name and password do not belong together.',
  expired: 'The form was too old, or came from elsewhere. Please try once more.',
  limited: 'There were too many attempts. Please wait a minute, then try once more.',
  provider: 'Your organisation’s sign-in could not be completed. Please try once more.',
  'not-allowed': 'Your organisation knows you, but you are not among those who may read this.',
};

/** The pages of sign-in, in a frame without anything of the publication. */
export function signInPages(frame: PageFrame): SignInPages {
  return {
    signIn: (view) => signInDocument(view, frame),
    account: (view) => accountDocument(view, frame),
    signedOut: (url) => signedOutDocument(url, frame),
  };
}

/** The sign-in page: a form that works without script. */
function signInDocument(view: SignInView, frame: PageFrame): string {
  const { to, token, hasPassword, hasOidc, problem } = view;
  return pageDocument(
    {
      title: 'Sign in',
      main: [
        h('div', { className: 'sign-in' }, [
          h('h1', 'Sign in'),
          h('p', { className: 'sign-in-lead' }, 'to read the notebooks of this dashboard'),
          problem === undefined
            ? undefined
            : h('p', { className: 'sign-in-problem', role: 'alert' }, problems[problem]),
          hasOidc
            ? h(
                'a',
                {
                  className: 'sign-in-button',
                  href: `${signInPath}/oidc?to=${encodeURIComponent(to)}`,
                },
                'Sign in with your organisation',
              )
            : undefined,
          hasOidc && hasPassword
            ? h('p', { className: 'sign-in-or' }, 'or with a password')
            : undefined,
          hasPassword ? form(to, token, problem === 'wrong') : undefined,
        ]),
      ],
    },
    frame,
  );
}

function form(to: string, token: string, isWrong: boolean): Element {
  const field = (label: string, name: string, type: string, autocomplete: string) =>
    h('div', { className: 'field' }, [
      h('label', { htmlFor: `sign-in-${name}` }, label),
      h('input', {
        id: `sign-in-${name}`,
        name,
        type,
        autocomplete,
        required: true,
        maxLength: name === 'name' ? 100 : 1000,
        autocapitalize: 'none',
        spellcheck: 'false',
        ariaInvalid: isWrong ? 'true' : undefined,
        autofocus: name === 'name',
      }),
    ]);
  return h('form', { method: 'post', action: signInPath }, [
    h('input', { type: 'hidden', name: 'token', value: token }),
    h('input', { type: 'hidden', name: 'to', value: to }),
    field('Name', 'name', 'text', 'username'),
    field('Password', 'password', 'password', 'current-password'),
    h('button', { type: 'submit', className: 'sign-in-button' }, 'Sign in'),
  ]);
}

/** The account page, with the sign-out form. */
function accountDocument({ viewer, token }: AccountView, frame: PageFrame): string {
  const { name, groups, method, session } = viewer;
  const until = new Date(session.to).toISOString();
  return pageDocument(
    {
      title: 'Account',
      main: [
        h('div', { className: 'sign-in' }, [
          h('h1', 'Account'),
          h('dl', { className: 'account-facts' }, [
            h('dt', 'Signed in as'),
            h('dd', name),
            h('dt', 'By'),
            h('dd', method === 'oidc' ? 'your organisation' : 'password'),
            h('dt', 'Groups'),
            h('dd', groups.length === 0 ? 'none' : groups.join(', ')),
            h('dt', 'Until'),
            h('dd', [
              h('time', { dateTime: until }, `${until.slice(0, 16).replace('T', ' ')} UTC`),
            ]),
          ]),
          h('form', { method: 'post', action: signOutPath }, [
            h('input', { type: 'hidden', name: 'token', value: token }),
            h('button', { type: 'submit', className: 'sign-in-button' }, 'Sign out'),
          ]),
        ]),
      ],
    },
    frame,
  );
}

/** The page that redirects to the provider's sign-out. */
function signedOutDocument(url: string, frame: PageFrame): string {
  return pageDocument(
    {
      title: 'Signed out',
      main: [
        h('div', { className: 'sign-in' }, [
          h('h1', 'Signed out'),
          h(
            'p',
            { className: 'sign-in-lead' },
            'of this dashboard, and next of your organisation.',
          ),
          h('a', { className: 'sign-in-button', href: url }, 'Sign out of your organisation'),
        ]),
      ],
    },
    // Nobody is signed in at this point.
    { ...frame, account: 'sign-in' },
  );
}
