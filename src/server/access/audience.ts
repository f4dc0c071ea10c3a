// Which notebooks and pages an audience may read: everybody, who has signed in, or members of groups.

import type { AccessConfig } from '../../config/environment/access-config.js';
import { pagesOfChoices, withVisiblePages } from '../../publication/choices.js';
import type { DashboardNotebook, Publication } from '../../publication/publication.js';
import { isForGroups, isVisible, nobody } from '../../visibility.js';
import type { Viewer } from './sessions.js';

/** The link to sign-in or to one's account in a page's head. */
export type AccountLink = 'sign-in' | 'account';

/** Readers with the same permissions: they share prepared pages. */
export interface Audience {
  /** Equal for audiences that may read the same of every publication. */
  readonly key: string;
  /** Undefined where nobody signs in. */
  readonly account: AccountLink | undefined;
  /** Whether they may operate the pipeline. Default: no. */
  readonly mayOperate?: boolean;
  /**
   * Whether they may read the pages of pipeline and data (the internals).
   *
   * @param publication - The complete publication.
   */
  seesInternals(publication: Publication): boolean;
  /** The part of the publication that they may read. */
  select(publication: Publication): Publication;
}

/** The audience of a dashboard without sign-in, and of the machine's own commands. */
export const everybody: Audience = {
  key: 'everybody',
  account: undefined,
  seesInternals: () => true,
  select: (publication) => publication,
};

/** The audience of a viewer; of undefined: of those who have not signed in. */
export function audienceOf(
  viewer: Viewer | undefined,
  {
    notebooks: unstated,
    internals,
    operators = [],
  }: Pick<AccessConfig, 'notebooks' | 'internals' | 'operators'>,
): Audience {
  const groups = viewer?.groups;
  // Table rows reveal what notebooks restrict to groups, so internals need access to all notebooks.
  const seesInternals = ({ notebooks }: Publication): boolean => {
    const isClosed = notebooks
      .flatMap((notebook) => [notebook, ...pagesOfChoices(notebook)])
      .some(({ visibility }) => isForGroups(visibility ?? unstated));
    return isVisible(internals ?? (isClosed ? nobody : 'signed-in'), groups);
  };
  const maySee = ({ visibility }: DashboardNotebook) => isVisible(visibility ?? unstated, groups);
  return {
    key: groups === undefined ? 'nobody' : JSON.stringify([...groups].sort()),
    account: groups === undefined ? 'sign-in' : 'account',
    mayOperate: groups?.some((group) => operators.includes(group)) === true,
    seesInternals,
    select: (publication) => ({
      ...publication,
      slugs: publication.notebooks.map(({ slug }) => slug),
      notebooks: publication.notebooks.flatMap((notebook) => withVisiblePages(notebook, maySee)),
      pipeline: seesInternals(publication) ? publication.pipeline : undefined,
    }),
  };
}
