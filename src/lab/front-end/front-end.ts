// JupyterLab's bundle: its version, plugins and default settings.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A plugin of JupyterLab with settings. */
export interface PluginSchema {
  /** Like `@jupyterlab/apputils-extension:themes`. */
  readonly id: string;
  /** Its settings as a JSON schema. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** The bundle of JupyterLab that `lab/build.js` made. */
export interface FrontEnd {
  /** Its folder: `static/`, `themes/` and `schemas/` are in it. */
  readonly folder: string;
  /** JupyterLab's version. */
  readonly version: string;
  /** The packages in it, as JupyterLab's licence page wants them. */
  readonly licenses: readonly unknown[];
  readonly plugins: readonly PluginSchema[];
}

const manifest = z.object({ version: z.string(), licenses: z.array(z.unknown()) });

/** Reads the bundle in a folder. */
export async function readFrontEnd(folder: string): Promise<FrontEnd> {
  const { version, licenses } = manifest.parse(await readJson(join(folder, 'front-end.json')));
  const schemas = join(folder, 'schemas');
  const files = await readdir(schemas, { recursive: true });
  const plugins = files
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map(async (file): Promise<PluginSchema> => {
      const path = file.replaceAll('\\', '/').replace(/\.json$/, '');
      const end = path.lastIndexOf('/');
      const id = `${path.slice(0, end)}:${path.slice(end + 1)}`;
      const schema = (await readJson(join(schemas, file))) as Record<string, unknown>;
      return { id, schema: withDefaultSettings(id, schema) };
    });
  return { folder, version, licenses, plugins: await Promise.all(plugins) };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8')) as unknown;
}

/** Default settings that differ from stock JupyterLab, by plugin; the analyst can change each. */
const defaultSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // Follows the system's light or dark mode.
  '@jupyterlab/apputils-extension:themes': { 'adaptive-theme': true },
  // No requests to other servers.
  '@jupyterlab/apputils-extension:notification': { checkForUpdates: false, fetchNews: 'false' },
  // Names complete while they are typed, on a busy machine too.
  '@jupyterlab/completer-extension:manager': { autoCompletion: true, providerTimeout: 3000 },
};

type Schema = Readonly<Record<string, unknown>>;

/** A plugin's schema with {@link defaultSettings} applied. */
function withDefaultSettings(plugin: string, schema: Schema): Schema {
  const defaults = defaultSettings[plugin];
  if (defaults === undefined) return schema;
  const properties = schema['properties'] as Readonly<Record<string, Schema>>;
  return {
    ...schema,
    properties: {
      ...properties,
      ...Object.fromEntries(
        Object.entries(defaults).map(([name, value]) => [
          name,
          { ...properties[name], default: value },
        ]),
      ),
    },
  };
}
