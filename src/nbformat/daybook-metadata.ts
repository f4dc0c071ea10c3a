// The keys of `metadata.daybook` in notebooks and cells.

import type { Json, JsonObject } from './notebook.js';

interface MetadataKey {
  /** Where it stands: in the metadata of a notebook, or of a cell. */
  readonly of: 'notebook' | 'cell';
  /** Who writes it. What Daybook writes is taken out again by `notebooks clean`. */
  readonly by: 'author' | 'Daybook';
  readonly value: string;
  readonly meaning: string;
}

/** All keys of `metadata.daybook`, in the order in which the documentation lists them. */
export const metadataKeys = {
  position: {
    of: 'notebook',
    by: 'author',
    value: 'a whole number',
    meaning:
      'Its place among the notebooks of the dashboard, and in a run. Without one it comes last.',
  },
  group: {
    of: 'notebook',
    by: 'author',
    value: 'text',
    meaning: 'What the dashboard lists it under. `groups` of the project file says their order.',
  },
  after: {
    of: 'notebook',
    by: 'author',
    value: 'a name, or a list of names',
    meaning:
      'The notebooks, by their file names without `.ipynb`, that must have ended before it begins. When one of them fails, it is not run.',
  },
  maxAge: {
    of: 'notebook',
    by: 'author',
    value: 'a duration like `36 hours`',
    meaning:
      'How old the newest event that it reads may be before its page, the home page and notifications say so. Default: any age.',
  },
  visibility: {
    of: 'notebook',
    by: 'author',
    value: '`"public"`, `"signed-in"`, a group, a list of groups, or groups by a choice',
    meaning:
      'Who may read it where people sign in; `{ "region": "team-{value}" }`: each page of a choice for the group of its value. Default: `DAYBOOK_VISIBILITY`.',
  },
  choices: {
    of: 'notebook',
    by: 'author',
    value: 'a list of names',
    meaning:
      'The parameters whose values readers may choose: a run publishes a page for each combination, at one address.',
  },
  mostChoices: {
    of: 'notebook',
    by: 'author',
    value: 'a whole number',
    meaning: 'How many combinations of `choices` there may be. Default: 100.',
  },
  memory: {
    of: 'notebook',
    by: 'author',
    value: 'a size like `4 GB`',
    meaning:
      'What its kernel takes at most: a worker executes it while it has so much left. Default: what it took when it was last executed by one.',
  },
  queue: {
    of: 'notebook',
    by: 'author',
    value: 'a word of lower-case letters, digits and -',
    meaning:
      'Only workers with `--queues notebooks.WORD` execute it, of a run that is handed over. Default: all that take notebooks.',
  },
  timeout: {
    of: 'cell',
    by: 'author',
    value: 'seconds, above 0',
    meaning: 'How long this cell may run; it wins over `--cell-timeout`.',
  },
  language: {
    of: 'cell',
    by: 'author',
    value: '`"sql"`',
    meaning:
      'The cell is SQL, as with the first line `%%sql`. The language that VS Code has chosen for it (`vscode.languageId`) counts, too.',
  },
  name: {
    of: 'cell',
    by: 'author',
    value: 'a name',
    meaning: 'The constant that the rows of a SQL cell are called, as in its first line.',
  },
  run: {
    of: 'notebook',
    by: 'Daybook',
    value: 'an object',
    meaning: 'How, when and on what an executed notebook was run.',
  },
  status: {
    of: 'cell',
    by: 'Daybook',
    value: '`"failed"` or `"not-run"`',
    meaning: 'How an executed cell ended that did not pass.',
  },
} as const satisfies Readonly<Record<string, MetadataKey>>;

/** The name of a key of `metadata.daybook`. */
export type MetadataKeyName = keyof typeof metadataKeys;

/** What Daybook itself keeps in the metadata of a notebook or a cell: `metadata.daybook`. */
export function daybookMetadata(
  metadata: JsonObject,
): Readonly<Partial<Record<MetadataKeyName, Json>>> {
  const part = metadata['daybook'];
  return typeof part === 'object' && part !== null && !Array.isArray(part) ? part : {};
}
