/**
 * Where Daybook's JupyterLab begins differently from the stock one; the analyst can change each.
 * By plugin, the settings' new defaults.
 */
export const defaultSettings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // Light or dark as the system is.
  '@jupyterlab/apputils-extension:themes': { 'adaptive-theme': true },
  // Nothing is asked of other servers.
  '@jupyterlab/apputils-extension:notification': { checkForUpdates: false, fetchNews: 'false' },
  // Names complete while they are typed, on a busy machine too.
  '@jupyterlab/completer-extension:manager': { autoCompletion: true, providerTimeout: 3000 },
};

type Schema = Readonly<Record<string, unknown>>;

/** A plugin's schema with {@link defaultSettings} in place of its own defaults. */
export function withDefaultSettings(plugin: string, schema: Schema): Schema {
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
