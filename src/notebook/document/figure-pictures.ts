// Fallback pictures of charts in notebook files.

import { plotlyType } from '../../chart/figure/figure.js';
import { figureHtml } from '../../display/figure-html.js';
import {
  joinText,
  type MimeBundle,
  type MultilineText,
  type Notebook,
} from '../../nbformat/notebook.js';

/**
 * Removes the pictures and tables that `daybook/display` adds to plotly's figures for front ends that cannot draw
 * them; the dashboard makes both itself.
 */
export function withoutPictures(notebook: Notebook): Notebook {
  return mapFigures(notebook, (bundle) => {
    const html = bundle['text/html'];
    const isOurs =
      html !== undefined &&
      joinText(html as MultilineText).startsWith('<figure class="daybook-figure">');
    return isOurs
      ? Object.fromEntries(Object.entries(bundle).filter(([type]) => type !== 'text/html'))
      : bundle;
  });
}

/** The inverse of {@link withoutPictures}, for notebooks that are written to files. */
export function withPictures(notebook: Notebook): Notebook {
  return mapFigures(notebook, (bundle, figure) => {
    const html = bundle['text/html'] ?? figureHtml(figure);
    return html === undefined ? bundle : { ...bundle, 'text/html': html };
  });
}

function mapFigures(
  notebook: Notebook,
  change: (bundle: MimeBundle, figure: MimeBundle[string]) => MimeBundle,
): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.cell_type !== 'code'
        ? cell
        : {
            ...cell,
            outputs: cell.outputs.map((output) => {
              if (!('data' in output)) return output;
              const figure = output.data[plotlyType];
              return figure === undefined
                ? output
                : { ...output, data: change(output.data, figure) };
            }),
          },
    ),
  };
}
