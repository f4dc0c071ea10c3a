// `daybook users …`: users who sign in with passwords.

import { DaybookError } from '../../errors.js';
import { hashPassword } from '../../server/access/password-hash.js';
import { signOutFiles, type SignOut } from '../../server/access/sessions.js';
import {
  readUsers,
  userName,
  usersFile,
  writeUsers,
  type User,
} from '../../server/access/users.js';
import type { Command, Invocation } from '../command.js';
import { flag, namesOption } from '../options.js';
import { formatTable } from '../../text/table.js';

/** The shortest password; NIST SP 800-63B-4 requires 15 characters where the password is the only factor. */
const minPassword = 12;

/** `daybook users list`. */
export const usersList: Command = {
  usage: '[--json]',
  description: 'Lists who may sign in to the dashboard with a password, and their groups.',
  options: { json: { type: 'boolean', help: 'Print JSON' } },
  async run({ values, config, terminal }) {
    const users = [...(await readUsers(config.access.folder)).values()];
    const shown = users.map(({ name, groups }) => ({ name, groups }));
    if (flag(values, 'json')) terminal.out(`${JSON.stringify(shown, null, 2)}\n`);
    else if (shown.length === 0) terminal.out('There are no users.\n');
    else {
      const rows = shown.map(({ name, groups }) => [name, groups.join(', ')]);
      terminal.out(formatTable([['name', 'groups'], ...rows]));
    }
    return 0;
  },
};

/** `daybook users add`. */
export const usersAdd: Command = {
  usage: 'NAME [--groups A,B]',
  description: `Lets somebody sign in to the dashboard. The password is asked for, or is the first line of standard
input; it is never an argument, which other users of the machine could see.`,
  options: {
    groups: {
      type: 'string',
      placeholder: 'A,B',
      help: 'Groups that they belong to, with commas between them',
    },
  },
  positionals: { min: 1, max: 1 },
  async run(invocation) {
    const { values, config, terminal } = invocation;
    const { name, users } = await usersAnd(invocation);
    if (users.has(name)) {
      throw new DaybookError('USER_EXISTS', `there is a user "${name}" already`, {
        where: usersFile(config.access.folder),
        hint: `daybook users password ${name} gives them another password`,
      });
    }
    const groups = namesOption(values, 'groups');
    const user = { name, password: await askPassword(invocation), groups };
    await writeUsers(config.access.folder, new Map([...users, [name, user]]));
    terminal.out(`${name} may sign in.\n`);
    if (!config.access.signIn.includes('password')) {
      terminal.err('Nobody is asked to sign in yet: set DAYBOOK_SIGN_IN=password.\n');
    }
    return 0;
  },
};

/** `daybook users remove`. */
export const usersRemove: Command = {
  usage: 'NAME',
  description: 'Removes a user. Their sessions end within a second.',
  options: {},
  positionals: { min: 1, max: 1 },
  async run(invocation) {
    const { name, users } = await knownUser(invocation);
    const others = new Map(users);
    others.delete(name);
    await writeUsers(invocation.config.access.folder, others);
    await signOut(invocation, name);
    invocation.terminal.out(`${name} may no longer sign in.\n`);
    return 0;
  },
};

/** `daybook users password`. */
export const usersPassword: Command = {
  usage: 'NAME',
  description: 'Gives a user another password, asked for as in users add, and ends their sessions.',
  options: {},
  positionals: { min: 1, max: 1 },
  async run(invocation) {
    const { config, terminal } = invocation;
    const { name, users, user } = await knownUser(invocation);
    const changed = { ...user, password: await askPassword(invocation) };
    await writeUsers(config.access.folder, new Map([...users, [name, changed]]));
    await signOut(invocation, name);
    terminal.out(`${name} has another password.\n`);
    return 0;
  },
};

/** `daybook users groups`. */
export const usersGroups: Command = {
  usage: 'NAME [GROUP…]',
  description:
    'Says which groups a user belongs to, instead of those before. It counts within a second.',
  options: {},
  positionals: { min: 1, max: Infinity },
  async run(invocation) {
    const { config, positionals, terminal } = invocation;
    const { name, users, user } = await knownUser(invocation);
    const groups = positionals.slice(1);
    await writeUsers(config.access.folder, new Map([...users, [name, { ...user, groups }]]));
    terminal.out(`${name}: ${groups.length === 0 ? 'no groups' : groups.join(', ')}\n`);
    return 0;
  },
};

/** `daybook users sign-out`. */
export const usersSignOut: Command = {
  usage: 'NAME',
  description:
    'Ends all sessions of somebody, whether they signed in with a password or at the OpenID provider.',
  options: {},
  positionals: { min: 1, max: 1 },
  async run(invocation) {
    const [name = ''] = invocation.positionals;
    await signOut(invocation, userName(name) ?? name);
    invocation.terminal.out(`The sessions of ${name} are over.\n`);
    return 0;
  },
};

async function usersAnd({ positionals, config }: Invocation) {
  const [given = ''] = positionals;
  const name = userName(given);
  if (name === undefined) {
    throw new DaybookError('USAGE', `"${given}" cannot be a user's name`, {
      hint: 'Letters, digits and . _ @ + -, at most 100 of them, beginning with a letter or a digit',
    });
  }
  return { name, users: await readUsers(config.access.folder) };
}

async function knownUser(invocation: Invocation) {
  const { name, users } = await usersAnd(invocation);
  const user: User | undefined = users.get(name);
  if (user !== undefined) return { name, users, user };
  throw new DaybookError('USER_UNKNOWN', `there is no user "${name}"`, {
    where: usersFile(invocation.config.access.folder),
    hint: 'daybook users list lists them',
  });
}

async function askPassword({ terminal }: Invocation): Promise<string> {
  if (terminal.askSecret === undefined) throw new DaybookError('USAGE', 'there is nobody to ask');
  const password = await terminal.askSecret('Password: ');
  if (password.length < minPassword) {
    throw new DaybookError('USAGE', `the password has fewer than ${minPassword} characters`);
  }
  if (password.length > 1000) throw new DaybookError('USAGE', 'the password is too long');
  return hashPassword(password);
}

async function signOut({ config }: Invocation, name: string): Promise<void> {
  const { folder, sessionHours } = config.access;
  const files = signOutFiles(folder, sessionHours, () => new Date());
  await files.append({ name, before: Date.now() } satisfies SignOut);
}
