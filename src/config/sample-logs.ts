import type { Config } from './config.js';
import { ConfigError } from '../errors.js';
import type { SampleLogs } from './define-config.js';

/**
 * The generator of sample logs that a project names.
 *
 * @returns Undefined when it names none.
 * @throws ConfigError when the module cannot be read, or exports none.
 */
export async function readSampleLogs({
  root,
  home,
  project: { sampleLogs: file },
}: Pick<Config, 'root' | 'home' | 'project'>): Promise<SampleLogs | undefined> {
  if (file === undefined) return undefined;
  const { importProjectModule } = await import('./project-module.js');
  const { sampleLogs } = await importProjectModule({ root, file, home });
  if (isSampleLogs(sampleLogs)) return sampleLogs;
  throw new ConfigError([
    `${file}: must export const sampleLogs: SampleLogs = { usage, description, options, prepare }`,
  ]);
}

function isSampleLogs(value: unknown): value is SampleLogs {
  if (typeof value !== 'object' || value === null) return false;
  const { usage, description, options, prepare } = value as Record<keyof SampleLogs, unknown>;
  return (
    typeof usage === 'string' &&
    typeof description === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    typeof prepare === 'function'
  );
}
