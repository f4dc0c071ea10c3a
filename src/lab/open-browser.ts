import { spawn } from 'node:child_process';

/**
 * Opens a page in the browser of whoever sits at this machine, if there is one: on Linux a display, and
 * nobody logged in from elsewhere. That it cannot be opened is no error: the address is printed too.
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
