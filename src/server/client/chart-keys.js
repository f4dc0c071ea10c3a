// Arrow keys read out the values of a chart, row by row of its table; charts of rows have keys of their own.

/** The cells of a chart's table: heads, and rows of texts. @param {Element} chart */
function valuesOf(chart) {
  const table = chart.querySelector('.figure-data table');
  if (!(table instanceof HTMLTableElement)) return undefined;
  /** @param {HTMLTableRowElement | undefined} row */
  const texts = (row) => [...(row?.cells ?? [])].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]).map(texts);
  return { heads: texts(table.tHead?.rows[0]), rows };
}

/** A row in words: its first value names it. @param {string[]} heads @param {string[]} row */
function inWords(heads, [name = '', ...values]) {
  if (values.length === 0) return name;
  return `${name}: ${values.map((value, index) => `${heads[index + 1] ?? ''} ${value}`.trim()).join(', ')}`;
}

for (const area of document.querySelectorAll('.chart-area:not([data-of-rows])')) {
  const chart = area.closest('figure.chart');
  if (!(area instanceof HTMLElement) || chart === null) continue;
  if (valuesOf(chart)?.rows.length === 0 || valuesOf(chart) === undefined) continue;
  const readout = document.createElement('p');
  readout.className = 'chart-readout';
  readout.setAttribute('role', 'status');
  readout.hidden = true;
  area.after(readout);
  area.tabIndex = 0;
  area.setAttribute('aria-roledescription', 'chart; arrow keys read its values');
  let at = -1;
  const hide = () => {
    at = -1;
    readout.hidden = true;
  };
  area.addEventListener('blur', hide);
  area.addEventListener('keydown', (event) => {
    // Sorting and filtering of the table change the order.
    const values = valuesOf(chart);
    if (event.target !== area || values === undefined) return;
    const last = values.rows.length - 1;
    const next = {
      ...{ ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: last },
      ...{ ArrowLeft: at < 0 ? last : at - 1, ArrowUp: at < 0 ? last : at - 1 },
    }[event.key];
    if (event.key === 'Escape') hide();
    if (next === undefined) return;
    at = Math.max(0, Math.min(last, next));
    readout.textContent = inWords(values.heads, values.rows[at] ?? []);
    readout.hidden = false;
    event.preventDefault();
  });
}
