// The dashboard's entry of a notebook: title, summary, position, group, visibility.

import { daybookMetadata } from '../../nbformat/daybook-metadata.js';
import { choiceText } from '../../publication/choice-values.js';
import type { PublishedNotebook } from '../../publication/publication-writer.js';
import { standingValues } from '../../publication/choices.js';
import { nobody, visibilityByValue, type Visibility } from '../../visibility.js';
import { lastPosition, type NotebookSource } from '../collection/notebook-source.js';

/**
 * The dashboard's entry of a notebook.
 *
 * @param project - The project's root, absolute.
 */
export async function listedNotebook(
  source: NotebookSource,
  project: string,
): Promise<PublishedNotebook> {
  const { slug, path, content, variantTitle } = source;
  // The markdown parser is slow to load; kernels start meanwhile.
  const { summariseNotebook, titleFromSlug } = await import('../../nbformat/notebook-summary.js');
  // An unreadable notebook does not state its visibility, so it is hidden.
  const { title, summary, position, group, maxAge, visibility } =
    'spec' in content
      ? summariseNotebook(content.notebook)
      : {
          title: undefined,
          summary: '',
          position: undefined,
          group: '',
          maxAge: undefined,
          visibility: nobody,
        };
  const name = title ?? titleFromSlug(slug.slice(0, slug.length - source.variant.length));
  return {
    ...{ slug, path, project },
    choices: source.choices,
    state: source.state,
    parameters: source.variant === '' ? undefined : source.changed,
    title: variantTitle === '' ? name : `${name} (${variantTitle})`,
    summary,
    position: position ?? lastPosition,
    group,
    maxAge,
    visibility: 'spec' in content ? (byChoice(source) ?? visibility) : visibility,
  };
}

/** The visibility of one combination, where it depends on a value. */
function byChoice({ content, choices, state }: NotebookSource): Visibility | undefined {
  if (!('spec' in content)) return undefined;
  const { visibility } = daybookMetadata(content.notebook.metadata);
  const values = state?.values ?? (choices && standingValues({ parameters: choices }));
  return (
    values &&
    visibilityByValue(visibility, (name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      return value === undefined ? undefined : choiceText(value);
    })
  );
}
