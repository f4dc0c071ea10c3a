// Whether the metadata of a cell says that it is SQL.

import { daybookMetadata } from './daybook-metadata.js';
import { isJsonObject, type JsonObject } from './notebook.js';

/** What metadata says of a SQL cell. */
export interface SqlMetadata {
  /** The constant that its rows are called; undefined: the metadata has none. */
  readonly name: string | undefined;
  /** Whether it is said to Daybook; VS Code says it to other kernels as well, which have magics for it. */
  readonly isOurs: boolean;
}

/** Reads what the metadata of a cell says of its language; undefined: it is not SQL. */
export function sqlMetadata(metadata: JsonObject): SqlMetadata | undefined {
  const { language, name } = daybookMetadata(metadata);
  const { vscode } = metadata;
  const chosen = isJsonObject(vscode) ? vscode['languageId'] : undefined;
  const isOurs = language === 'sql';
  if (!isOurs && chosen !== 'sql') return undefined;
  return { name: typeof name === 'string' ? name : undefined, isOurs };
}
