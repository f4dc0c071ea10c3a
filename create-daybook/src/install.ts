import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CreateError } from './create-error.js';

/**
 * Has npm install what a project's package.json names; what npm says is shown.
 *
 * @param env - npm's settings among them.
 * @throws CreateError when npm fails: the project is written then.
 */
export async function installPackages(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  // npm that has started us says where it is; so the same one installs, also where its shell script cannot be run.
  const script = env['npm_execpath'];
  const isNpm = script !== undefined && /npm-cli\.js$|npx-cli\.js$/.test(script);
  const [command, ...first] = isNpm
    ? [process.execPath, script.replace(/npx-cli\.js$/, 'npm-cli.js')]
    : ['npm'];
  const child = spawn(command, [...first, 'install', '--no-audit', '--no-fund'], {
    cwd: folder,
    env: ownSettings(env),
    stdio: 'inherit',
    shell: !isNpm && process.platform === 'win32',
  });
  const [code] = (await once(child, 'close').catch((cause: unknown) => {
    throw failed(folder, 'npm cannot be started', cause);
  })) as [number | null];
  if (code !== 0) throw failed(folder, 'npm install failed');
}

/** Without what the npm that has started us says of its own folder and command. */
function ownSettings(env: Readonly<Record<string, string | undefined>>) {
  const inherited =
    /^npm_(?:package_|lifecycle_|command$|config_(?:local_prefix|prefix|package|call|yes)$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !inherited.test(name)));
}

function failed(folder: string, message: string, cause?: unknown): CreateError {
  return new CreateError(
    `${message}; the project is written in ${folder}`,
    'what npm says stands above; then, in that folder: npm install && npm start',
    { cause },
  );
}
