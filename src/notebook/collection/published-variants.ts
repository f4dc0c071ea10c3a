// Published pages of notebooks with other parameter values.

import type { Environment } from '../../config/environment/env-file.js';
import { DaybookError } from '../../errors.js';
import type { PublishedPage } from '../../publication/published-pages.js';
import type { NotebookSource } from './notebook-source.js';
import { applyParameters, parametersOf } from '../parameters/apply-parameters.js';
import { describeValues } from './parameterize-sources.js';

/**
 * The published variants of notebooks, so that a run renews these pages, too. A page whose values the notebook no
 * longer accepts fails, and says how to remove it.
 */
export async function publishedVariants(
  sources: readonly NotebookSource[],
  pages: readonly PublishedPage[],
  env: Environment,
): Promise<NotebookSource[]> {
  const result: NotebookSource[] = [];
  for (const source of sources) {
    for (const page of pages) {
      // Pages of choices come and go with what may be chosen.
      if (page.path !== source.path || page.parameters === null || page.choiceOf !== null) continue;
      if (page.slug === source.slug) continue;
      if ('spec' in source.content) result.push(await variantOf(source, page, env));
    }
  }
  return result;
}

async function variantOf(
  source: NotebookSource,
  { slug, parameters }: PublishedPage,
  env: Environment,
): Promise<NotebookSource> {
  const { content, path } = source;
  const changed = (parameters ?? {}) as NotebookSource['changed'];
  const variant = {
    ...{ ...source, slug, changed, variant: slug.slice(source.slug.length) },
    variantTitle: describeValues(changed),
  };
  if ('failure' in content) return variant;
  try {
    const declared = new Set((await parametersOf(content.notebook, path)).map(({ name }) => name));
    const gone = Object.keys(changed).filter((name) => !declared.has(name));
    if (gone.length > 0) {
      const names = gone.join(', ');
      throw new DaybookError('PARAMETER_INVALID', `It declares no parameter ${names} any more`);
    }
    const given = Object.fromEntries(
      Object.entries(changed).map(([name, value]) => [name, { value }]),
    );
    const applied = await applyParameters(content.notebook, path, given, env);
    const { notebook, values, secrets, secretNames } = applied;
    return {
      ...{ ...variant, parameters: values, secrets, secretNames },
      content: { ...content, notebook },
    };
  } catch (error) {
    if (!(error instanceof DaybookError)) throw error;
    const evalue = `${error.message}\n\`daybook notebooks unpublish ${slug}\` takes its page off the dashboard`;
    return { ...variant, content: { failure: { kind: 'parameters', ename: error.code, evalue } } };
  }
}
