import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { isCodeCellModel, type Cell } from '@jupyterlab/cells';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

/** What the kernel says on its comm, see `src/kernel/stale-comm.ts`. */
interface StaleState {
  stale: string[];
  dependents: Record<string, string[]>;
}

const target = 'daybook.stale';
const nothing: StaleState = { stale: [], dependents: {} };

/** How long typing rests before the kernel learns a text, in milliseconds. */
const rest = 300;

/** Marks the stale cells of one notebook, and runs them. */
class StaleMarks {
  readonly #panel: NotebookPanel;
  readonly #button = document.createElement('button');
  readonly #edited = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #comm: Kernel.IComm | undefined;
  #state = nothing;

  constructor(panel: NotebookPanel) {
    this.#panel = panel;
    this.#addButton();
    const { sessionContext, content } = panel;
    sessionContext.kernelChanged.connect(() => void this.#connect());
    sessionContext.statusChanged.connect((_context, status) => {
      if (/restarting|dead|terminating/.test(status)) this.#disconnect();
      else if (status === 'idle' && this.#comm === undefined) void this.#connect();
    });
    const idsOf = (cells: Iterable<{ readonly id: string }>) =>
      new Set([...cells].map(({ id }) => id));
    let known = idsOf(content.model?.cells ?? []);
    content.model?.cells.changed.connect((cells) => {
      // JupyterLab says how many were removed, and not which.
      const ids = idsOf(cells);
      for (const id of known) if (!ids.has(id)) this.#tell(id);
      known = ids;
    });
    content.modelContentChanged.connect(() => {
      const model = content.activeCell?.model;
      // One that never ran shows nothing that could be stale.
      if (model !== undefined && isCodeCellModel(model) && model.executionCount !== null)
        this.#tell(model.id);
    });
    panel.disposed.connect(() => {
      this.#disconnect();
    });
    void this.#connect();
  }

  /** Runs the stale cells in the notebook's order. */
  runStale(): Promise<boolean> {
    return this.#run(this.#state.stale);
  }

  /** Runs the active cell and all that read from it, in the notebook's order. */
  runWithDependents(): Promise<boolean> {
    const id = this.#panel.content.activeCell?.model.id;
    return id === undefined
      ? Promise.resolve(false)
      : this.#run([id, ...(this.#state.dependents[id] ?? [])]);
  }

  #run(ids: readonly string[]): Promise<boolean> {
    const { content, sessionContext } = this.#panel;
    const cells = content.widgets.filter(({ model }) => ids.includes(model.id));
    return NotebookActions.runCells(content, cells, sessionContext);
  }

  async #connect(): Promise<void> {
    this.#disconnect();
    const kernel = this.#panel.sessionContext.session?.kernel;
    if (kernel == null) return;
    const { implementation } = await kernel.info;
    if (implementation !== 'daybook' || this.#comm !== undefined || this.#panel.isDisposed) return;
    const comm = kernel.createComm(target);
    comm.onMsg = ({ content }) => {
      this.#show(content.data as unknown as StaleState);
    };
    this.#comm = comm;
    comm.open();
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#edited.clear();
    this.#comm?.dispose();
    this.#comm = undefined;
    this.#show(nothing);
  }

  /** Has the kernel compare the text of a cell with what ran. */
  #tell(id: string): void {
    if (this.#comm === undefined) return;
    this.#edited.add(id);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const cells = new Map(this.#panel.content.widgets.map(({ model }) => [model.id, model]));
      const sources = [...this.#edited].map((one) => [
        one,
        cells.get(one)?.sharedModel.getSource() ?? null,
      ]);
      this.#edited.clear();
      this.#comm?.send({ sources: Object.fromEntries(sources) });
    }, rest);
  }

  #show(state: StaleState): void {
    this.#state = state;
    if (this.#panel.isDisposed) return;
    const stale = new Set(state.stale);
    for (const cell of this.#panel.content.widgets) mark(cell, stale.has(cell.model.id));
    const count = stale.size;
    this.#button.hidden = count === 0;
    this.#button.textContent = `${count} stale`;
    this.#button.title = `Run the ${count === 1 ? 'stale cell' : `${count} stale cells`}: what they show is older than what they read`;
  }

  #addButton(): void {
    this.#button.className = 'daybook-stale-count';
    this.#button.type = 'button';
    this.#button.hidden = true;
    this.#button.addEventListener('click', () => void this.runStale());
    const widget = new Widget({ node: document.createElement('div') });
    widget.node.append(this.#button);
    const { toolbar } = this.#panel;
    if (!toolbar.insertAfter('cellType', 'daybook-stale', widget)) {
      toolbar.addItem('daybook-stale', widget);
    }
  }
}

function mark(cell: Cell, isStale: boolean): void {
  if (cell.hasClass('daybook-stale') === isStale) return;
  cell.toggleClass('daybook-stale', isStale);
  if (isStale) cell.node.setAttribute('aria-description', 'stale: its inputs have changed');
  else cell.node.removeAttribute('aria-description');
}

/** Marks cells whose inputs have changed since they ran, and runs them on demand. */
export const staleCells: JupyterFrontEndPlugin<void> = {
  id: '@daybook/jupyterlab:stale-cells',
  description: 'Marks cells whose inputs have changed since they ran, and runs them.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette],
  activate: (
    { commands, contextMenu }: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
  ) => {
    const marks = new WeakMap<NotebookPanel, StaleMarks>();
    tracker.widgetAdded.connect((_tracker, panel) => {
      void panel.context.ready.then(() => marks.set(panel, new StaleMarks(panel)));
    });
    const current = () => tracker.currentWidget && marks.get(tracker.currentWidget);
    const add = (
      command: string,
      label: string,
      caption: string,
      run: (of: StaleMarks) => unknown,
    ) => {
      commands.addCommand(command, {
        label,
        caption,
        isEnabled: () => current() != null,
        execute: () => {
          const found = current();
          return found == null ? undefined : run(found);
        },
      });
      palette?.addItem({ command, category: 'Notebook Cell Operations' });
    };
    add(
      'daybook:run-stale-cells',
      'Run Stale Cells',
      'Run the cells whose inputs have changed since they ran',
      (of) => of.runStale(),
    );
    const withDependents = 'daybook:run-with-dependents';
    add(
      withDependents,
      'Run Selected Cell and Its Dependents',
      'Run the selected cell and all cells that read from it',
      (of) => of.runWithDependents(),
    );
    contextMenu.addItem({
      command: withDependents,
      selector: '.jp-Notebook .jp-CodeCell',
      rank: 0,
    });
  },
};
