import type { AccessConfig } from '../../config/access-config.js';
import type { Publication } from '../../publication/publication.js';
import { isForGroups, isVisible, nobody } from '../../visibility.js';
import type { Viewer } from './sessions.js';

/** What the pages say of signing in. */
export type AccountLink = 'sign-in' | 'account';

/** Those who see the same: what of the publication they may read. */
export interface Audience {
  /** The same for audiences that see the same of every publication. */
  readonly key: string;
  /** Undefined where nobody signs in. */
  readonly account: AccountLink | undefined;
  /**
   * Whether they may read the pages of pipeline and data.
   *
   * @param publication - All that is published.
   */
  seesInternals(publication: Publication): boolean;
  /** The part of the publication that they may read. */
  select(publication: Publication): Publication;
}

/** Everybody, where nobody signs in; and the machine's own commands. */
export const everybody: Audience = {
  key: 'everybody',
  account: undefined,
  seesInternals: () => true,
  select: (publication) => publication,
};

/** What somebody sees who has signed in, or, with undefined, who has not. */
export function audienceOf(
  viewer: Viewer | undefined,
  { notebooks: unstated, internals }: Pick<AccessConfig, 'notebooks' | 'internals'>,
): Audience {
  const groups = viewer?.groups;
  // Rows of tables tell what a notebook over them is to show to its groups alone.
  const seesInternals = ({ notebooks }: Publication): boolean => {
    const isClosed = notebooks.some(({ visibility }) => isForGroups(visibility ?? unstated));
    return isVisible(internals ?? (isClosed ? nobody : 'signed-in'), groups);
  };
  return {
    key: groups === undefined ? 'nobody' : JSON.stringify([...groups].sort()),
    account: groups === undefined ? 'sign-in' : 'account',
    seesInternals,
    select: (publication) => ({
      ...publication,
      slugs: publication.notebooks.map(({ slug }) => slug),
      notebooks: publication.notebooks.filter(({ visibility }) =>
        isVisible(visibility ?? unstated, groups),
      ),
      pipeline: seesInternals(publication) ? publication.pipeline : undefined,
    }),
  };
}
