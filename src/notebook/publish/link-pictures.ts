// Preview images of pages, for link previews in chats.

import type { Pool } from 'pg';
import { ClosedBrowser } from '../../browser/closed-browser.js';
import { findBrowser } from '../../browser/find-browser.js';
import { plotlyType, readFigure, type Figure } from '../../chart/figure/figure.js';
import { pictureAddress } from '../../chart/picture/picture-address.js';
import type { Environment } from '../../config/environment/env-file.js';
import { escapeHtml } from '../../text/escape-html.js';
import { DaybookError, describeError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { runsWithoutPicture, savePicture } from '../../publication/run-pictures.js';

/** The recommended size of link previews (Open Graph). */
const pictureSize = { width: 1200, height: 630 };

/**
 * Makes the preview image of each published run that has none: a PNG of its main chart with its title. Without a
 * browser there are no images; an error leaves the publication as it is.
 */
export async function makeLinkPictures(
  pool: Pool,
  env: Environment,
  logger: Logger,
): Promise<void> {
  const runs = await runsWithoutPicture(pool);
  if (runs.length === 0) return;
  let browser: ClosedBrowser | undefined;
  try {
    const program = await findBrowser(env);
    for (const { runId, slug, title, document } of runs) {
      let png: Buffer | undefined;
      try {
        const figure = mainChart(parseNotebook(document, slug));
        const page = figure === undefined ? undefined : picturePage(figure, title);
        browser ??= page === undefined ? undefined : await ClosedBrowser.open(program);
        png = page === undefined ? undefined : await browser?.draw(page, pictureSize);
      } catch (error) {
        // A notebook whose image fails has none; the others get theirs.
        logger.warn(`links to ${slug} show no picture: ${describeError(error)}`);
        await browser?.close();
        browser = undefined;
      }
      await savePicture(pool, runId, png);
    }
  } catch (error) {
    const isMissing = error instanceof DaybookError && error.code === 'BROWSER_MISSING';
    const level = isMissing ? 'info' : 'warn';
    logger[level](`links to the pages show no pictures: ${describeError(error)}`);
  } finally {
    await browser?.close();
  }
}

/** The first chart that can be drawn without plotly, as on the home page. */
function mainChart(notebook: Notebook): Figure | undefined {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== 'code') continue;
    for (const output of cell.outputs) {
      const value = 'data' in output ? output.data[plotlyType] : undefined;
      const figure = value === undefined ? undefined : readFigure(value);
      if (figure !== undefined && pictureAddress(figure) !== undefined) return figure;
    }
  }
  return undefined;
}

/** The image as an HTML page: content of the notebook is text or an `img`, and no script runs. */
function picturePage(figure: Figure, title: string): string | undefined {
  // A small picture that is scaled up, so that its labels are legible in a preview.
  const address = pictureAddress(figure, { width: 620, height: 236 });
  if (address === undefined) return undefined;
  const line = figure.title === undefined ? '' : `<h1>${escapeHtml(figure.title)}</h1>`;
  return `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
body { display: flex; flex-direction: column; box-sizing: border-box; width: ${pictureSize.width}px; height: ${pictureSize.height}px; margin: 0; padding: 44px 52px 36px; overflow: hidden; background: #fff; color: #1b1d21; font: 26px/1.25 -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif; }
h1 { display: -webkit-box; flex: none; margin: 0 0 20px; overflow: hidden; font-size: 40px; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
img { flex: 1; min-height: 0; object-fit: contain; object-position: left; }
p { flex: none; margin: 20px 0 0; overflow: hidden; color: #5a5e66; white-space: nowrap; text-overflow: ellipsis; }
</style>
${line}<img alt="" src="${address}"><p>${escapeHtml(title)} · Daybook</p>
`;
}
