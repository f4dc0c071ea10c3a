// The charts of two runs as pairs, each with its picture.

import { drawPicture } from '../../chart/picture/picture.js';
import { finishHtml } from './html/finished-html.js';
import type { FinishedHtml } from './html/finished-node.js';
import type { NotebookPage, PageFigure } from './notebook/notebook-page.js';
import type { Pieces } from './pieces.js';

/** A chart of two runs. */
export interface ComparedFigure {
  /** The group of its differences. */
  readonly group: string;
  /** Its title and picture in each run. */
  readonly sides: readonly [ComparedSide, ComparedSide];
}

/** A chart in one of two runs; a run may lack it, and a chart its picture. */
export interface ComparedSide {
  readonly title: string | undefined;
  readonly picture: FinishedHtml | undefined;
}

/** The width of each picture, in its own pixels. */
const width = 480;

/**
 * Pairs the charts of two runs.
 *
 * @param pairs - The names that the charts of the earlier run have in the later one, where these are others.
 */
export function compareFigures(
  before: NotebookPage,
  after: NotebookPage,
  pairs: ReadonlyMap<string, string>,
  pieces: Pieces,
): readonly ComparedFigure[] {
  const nameOf = ({ name }: PageFigure) => pairs.get(name) ?? name;
  const old = new Map(before.figures.map((figure) => [nameOf(figure), figure]));
  const names = new Set([...after.figures.map(({ name }) => name), ...old.keys()]);
  const now = new Map(after.figures.map((figure) => [figure.name, figure]));
  return [...names].map((name) => ({
    group: `Figure ${name}`,
    sides: [sideOf(old.get(name), pieces), sideOf(now.get(name), pieces)],
  }));
}

function sideOf(entry: PageFigure | undefined, pieces: Pieces): ComparedSide {
  if (entry === undefined) return { title: undefined, picture: undefined };
  const { figure, name, piece } = entry;
  const picture = pieces.layOut(
    piece,
    () => drawPicture(figure, { width, height: figure.height, hasAxes: true }),
    () => undefined,
  );
  return {
    title: figure.title ?? `Figure ${name}`,
    picture: picture && finishHtml([picture]),
  };
}
