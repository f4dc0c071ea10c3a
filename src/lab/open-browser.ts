// Opening of a page in the analyst's browser.

import { spawn } from 'node:child_process';

/**
 * Opens a page in the browser of whoever sits at this machine: on Linux with a display, and without remote login.
 * Failure is no error, because the address is printed, too.
 */
export function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): void {
  const isRemote = env['SSH_CONNECTION'] !== undefined;
  const hasDisplay = env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined;
  if (isRemote || (platform === 'linux' && !hasDisplay)) return;
  const [program, args] =
    platform === 'darwin'
      ? ['open', [url]]
      : platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  const child = spawn(program, args, { detached: true, stdio: 'ignore', env });
  child.on('error', () => undefined);
  child.unref();
}
