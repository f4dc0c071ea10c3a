// Notebook runs for each combination of values that readers may choose.

import { createHash } from 'node:crypto';
import type { Environment } from '../../config/environment/env-file.js';
import { DaybookError } from '../../errors.js';
import { choiceText, type ChosenValues } from '../../publication/choice-values.js';
import { standingValues } from '../../publication/choices.js';
import type { PublishedPage } from '../../publication/published-pages.js';
import { applyParameters, parametersCell, parametersOf } from '../parameters/apply-parameters.js';
import { combinations, declaredChoices, type ReadOptions } from '../parameters/declared-choices.js';
import type { NotebookSource } from './notebook-source.js';
import { describeValues, variantOf } from './parameterize-sources.js';

/** What the combinations of a run depend on. */
export interface ChoiceSurroundings {
  /** The published pages: a combination that has one keeps its address. */
  readonly pages: readonly PublishedPage[];
  readonly env: Environment;
  readonly readOptions: ReadOptions;
}

/** The notebooks of a run with those of their combinations, and the pages of combinations that are gone. */
export interface ChoiceStates {
  readonly sources: readonly NotebookSource[];
  readonly gone: readonly PublishedPage[];
}

/**
 * Adds a notebook for each combination of values that its readers may choose. One whose choices are declared wrongly
 * fails, and its pages stay.
 */
export async function withChoiceStates(
  sources: readonly NotebookSource[],
  surroundings: ChoiceSurroundings,
): Promise<ChoiceStates> {
  const taken = new Set(sources.map(({ slug }) => slug));
  const result: NotebookSource[] = [];
  const gone: PublishedPage[] = [];
  for (const source of sources) {
    const { content, path, variant, slug } = source;
    if (!('spec' in content) || variant !== '') {
      result.push(source);
      continue;
    }
    try {
      const states = await statesOf(source, taken, surroundings);
      const slugs = new Set(states.map((state) => state.slug));
      gone.push(
        ...surroundings.pages.filter(
          (page) => page.path === path && page.choiceOf === slug && !slugs.has(page.slug),
        ),
      );
      result.push(...states);
    } catch (error) {
      if (!(error instanceof DaybookError)) throw error;
      const evalue = [error.message, error.hint].filter((part) => part !== undefined).join('\n');
      const failure = { kind: 'parameters', ename: error.code, evalue } as const;
      result.push({ ...source, content: { failure } });
    }
  }
  return { sources: result, gone };
}

/** The notebook itself, and one for each other combination. */
async function statesOf(
  source: NotebookSource,
  taken: Set<string>,
  { pages, env, readOptions }: ChoiceSurroundings,
): Promise<NotebookSource[]> {
  const { content, path, slug } = source;
  if (!('spec' in content)) return [source];
  const parameters = await declaredChoices(content.notebook, path, readOptions);
  if (parameters.length === 0) return [source];
  const standing = standingValues({ parameters });
  const declared = await parametersOf(content.notebook, path);
  const chosen = {
    declaring: parametersCell(content.notebook) + 1,
    isOneType: parameters.every(({ name }) =>
      declared.some((one) => one.name === name && one.isOneType),
    ),
  };
  const states: NotebookSource[] = [
    { ...source, choices: parameters, chosen: { ...chosen, values: standing } },
  ];
  for (const values of combinations(parameters)) {
    if (JSON.stringify(values) === JSON.stringify(standing)) continue;
    const given = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, { value }]),
    );
    const applied = await applyParameters(content.notebook, path, given, env);
    const { notebook, changed, secrets, secretNames } = applied;
    const address = addressOf(slug, changed as ChosenValues, path, pages, taken);
    taken.add(address);
    states.push({
      ...source,
      ...{ slug: address, variant: address.slice(slug.length), changed, secrets, secretNames },
      variantTitle: describeValues(changed),
      parameters: applied.values,
      ...{ state: { of: slug, values }, chosen: { ...chosen, values } },
      content: { ...content, notebook },
    });
  }
  return states;
}

/** The name of a combination: that of its page, else its values, with their digest where that is another's. */
function addressOf(
  slug: string,
  changed: ChosenValues,
  path: string,
  pages: readonly PublishedPage[],
  taken: ReadonlySet<string>,
): string {
  const digested = JSON.stringify(Object.entries(changed));
  const isSame = ({ parameters }: PublishedPage) =>
    parameters !== null && JSON.stringify(Object.entries(parameters)) === digested;
  const known = pages.find(
    (page) => page.path === path && isSame(page) && page.slug.startsWith(`${slug}--`),
  );
  if (known !== undefined && !taken.has(known.slug)) return known.slug;
  const plain = slug + variantOf(changed);
  const isPlain = Object.values(changed).every((value) =>
    /^[\p{L}\p{N}.]+$/u.test(choiceText(value)),
  );
  const isFree = !taken.has(plain) && !pages.some((page) => page.slug === plain);
  return isPlain && isFree
    ? plain
    : `${plain}~${createHash('sha256').update(digested).digest('hex').slice(0, 8)}`;
}

/** A notebook with values as the combination that has these; itself where there is none. */
export function asState(source: NotebookSource, states: readonly NotebookSource[]): NotebookSource {
  const values = JSON.stringify(Object.entries(source.changed));
  const same = states.find(
    ({ path, changed }) =>
      path === source.path && JSON.stringify(Object.entries(changed)) === values,
  );
  if (same?.state === undefined && same?.choices === undefined) return source;
  const { slug, variant, state, choices } = same;
  return { ...source, slug, variant, ...(state && { state }), ...(choices && { choices }) };
}
