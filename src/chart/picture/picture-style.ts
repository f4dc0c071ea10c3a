// The stylesheet of pictures that stand by themselves.

/**
 * The stylesheet's rules for pictures, on white: a picture in a notebook cannot know whether its page is light or
 * dark.
 */
const usual = [
  'text{font:12px system-ui,sans-serif;fill:#5a5e66}',
  '.legend{fill:#1b1d21}',
  '.grid{stroke:#e3e1db}.zero{stroke:#b9b6ae}',
  '.bar,.swatch,.point{fill:currentcolor}',
  '.line{fill:none;stroke:currentcolor;stroke-width:2;stroke-linejoin:round}',
  '.dots{fill:none;stroke:currentcolor;stroke-width:6;stroke-linecap:round}',
  '.dashed{stroke-dasharray:6 4}',
  '.area{fill:currentcolor;opacity:.15}',
  '.slice{fill:currentcolor;stroke:#fff;stroke-width:2}',
  '.open{fill:#fff;stroke:currentcolor}.bar.open{stroke-dasharray:3 2}',
  ...['#1f5a96', '#d07b00', '#10867a', '#5f2455', '#8d6000', '#4a99c1', '#811f05', '#8262dc'].map(
    (color, index) => `.series-${index + 1}{color:${color}}`,
  ),
].join('');

/** The rules of kinds that few pictures have. */
const others = [
  '.cell,.region{fill:currentcolor}.region{stroke:#fff;stroke-width:.5}',
  '.bubble{fill:currentcolor;fill-opacity:.65;stroke:#fff}',
  ':is(.bubble,.point)[class*=tone-]{fill-opacity:1;stroke:#5a5e66;stroke-width:.5}',
  '.wash{fill:currentcolor;fill-opacity:.28;stroke:currentcolor;stroke-width:1.5}',
  '.outline{fill:none;stroke:currentcolor;stroke-width:1.5}',
  '.link{fill:none;stroke:#b9b6ae;stroke-dasharray:3 2}',
  '.land{fill:#f5f4f0;stroke:#b9b6ae;stroke-width:.5}',
  '.number,.on-part{fill:#1b1d21}.number{font-weight:600}',
  '.delta{fill:currentcolor;font-weight:600}',
  '.rises{color:#2a6b46}.falls{color:#a3301d}.sums{color:#1f5a96}',
  ...[
    '#eef3f9',
    '#d7e1ed',
    '#c1d0e0',
    '#abbed4',
    '#96adc8',
    '#819cbc',
    '#6c8baf',
    '#577ba3',
    '#436a97',
    '#2e5a8a',
    '#174a7e',
  ].map((color, index) => `.tone-${index}{color:${color}}`),
  ...[
    '#9a4a06',
    '#ae6b41',
    '#c18c6c',
    '#d2ad96',
    '#e3cfc0',
    '#f3f1ec',
    '#c5ced7',
    '#99acc1',
    '#6e8bab',
    '#446a95',
    '#174a7e',
  ].map((color, index) => `.split-${index}{color:${color}}`),
].join('');

/** All style sheets that a picture may have: whoever serves it permits them by their hashes. */
export const pictureStyles: readonly string[] = [usual, others];

/** A class of the rules that few pictures need. */
const isOther =
  /class='[^']*\b(?:cell|region|bubble|wash|outline|link|land|number|on-part|delta|rises|falls|sums|tone|split)\b/;

/** The style sheets of a picture, each an element of its own. */
export function stylesOf(svg: string): readonly string[] {
  return isOther.test(svg) ? pictureStyles : [usual];
}
