// Documentation of the name at the cursor.

import type { LanguageService, QuickInfo } from 'typescript';
import { ts } from '../../cells/compiler/typescript.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import type { CellService } from './cell-service.js';

/** The declaration and documentation of a name. */
export interface Inspection {
  /** Its declaration in TypeScript, or in SQL. */
  readonly signature: string;
  readonly language: 'typescript' | 'sql';
  /** Its documentation as markdown; empty: none. */
  readonly documentation: string;
}

/** Looks up the name at a position, or that ends there. */
export function inspect(
  service: CellService,
  source: CellSource,
  position: number,
): Inspection | undefined {
  const { service: languageService, path, offsetAt } = service.load(source);
  const offset = offsetAt(position);
  if (offset === undefined) return undefined;
  const info =
    quickInfo(languageService, path, offset) ?? quickInfo(languageService, path, offset - 1);
  if (info === undefined) return undefined;
  const tags = (info.tags ?? []).map(({ name, text }) =>
    `*@${name}* ${ts.displayPartsToString(text)}`.trim(),
  );
  return {
    signature: ts.displayPartsToString(info.displayParts),
    language: 'typescript',
    documentation: [ts.displayPartsToString(info.documentation), ...tags]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

function quickInfo(
  service: LanguageService,
  path: string,
  position: number,
): QuickInfo | undefined {
  if (position < 0) return undefined;
  const info = service.getQuickInfoAtPosition(path, position);
  // Names of packages and of earlier cells are imports: their targets say more.
  if (info?.kind !== ts.ScriptElementKind.alias) return info;
  const [definition] = service.getDefinitionAtPosition(path, position) ?? [];
  return definition === undefined || definition.textSpan.length === 0
    ? info
    : (service.getQuickInfoAtPosition(definition.fileName, definition.textSpan.start) ?? info);
}
