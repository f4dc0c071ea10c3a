/** What a project begins with. */
export interface Template {
  /** One line for whoever chooses. */
  readonly summary: string;
  /** What the project is about, for its README. */
  readonly about: string;
  /** Packages that its notebooks import, by their names. */
  readonly dependencies?: Readonly<Record<string, string>>;
  /** What these packages need in package.json, so that they install without scripts and from the registry alone. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** The templates by their names, the one that is taken without a choice first. */
export const templates = {
  customers: {
    summary: 'the complete example: a year of a small service’s logs, three notebooks',
    about: `It begins with a complete example: the logs of a small online service, made up by
\`sample-logs/\`, and the answers to questions about its customers.`,
    // exploration/ reads raw lines with it. Its own dependencies ask a vendor's host and download a native library.
    dependencies: { 'danfojs-node': '1.2.0' },
    overrides: {
      '@tensorflow/tfjs-node': 'npm:@tensorflow/tfjs@3.21.0',
      request: 'npm:@cypress/request@4.0.1',
      xlsx: 'npm:@e965/xlsx@0.20.3',
    },
  },
  'access-logs': {
    summary: 'web servers’ access logs, in the combined format and as JSON lines',
    about: `It reads the access logs of web servers, in the combined format and as JSON lines. Sample logs
are made by \`sample-logs/\`; yours go into \`data/\`.`,
  },
  empty: {
    summary: 'one CSV, one model in each schema, one notebook: to be made your own',
    about: `It begins small: one CSV file in \`sample-logs/\`, one model in each schema, one notebook. Put
yours in their place.`,
  },
} as const satisfies Record<string, Template>;

export type TemplateName = keyof typeof templates;

/** Their names, in the order in which they are offered. */
export const templateNames = Object.keys(templates) as TemplateName[];

/** Whether there is a template of this name. */
export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(templates, name);
}
