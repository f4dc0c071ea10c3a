import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { Cell } from '@jupyterlab/cells';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import type { JSONObject } from '@lumino/coreutils';
import './editors.css';

/** The comm of Daybook's kernel, see src/kernel/live-diagnostics.ts. */
const target = 'daybook.diagnostics';

/** How long nothing is typed before cells that were not edited are checked, too, in milliseconds. */
const restMs = 500;

/** A diagnostic of a cell: line and column from 1. */
interface CellDiagnostic {
  readonly code: number | string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly severity: 'error' | 'warning';
  readonly file?: string;
}

/** What the metadata of a cell says of its language. */
interface SqlMetadata {
  readonly language?: string;
  readonly name?: string;
}

/** What the kernel sends. */
interface Answer {
  readonly request: number;
  readonly diagnostics: Readonly<Record<string, readonly CellDiagnostic[]>>;
}

/** Marks in the cells of notebooks what is wrong in them, also in the text of a query, while they are written. */
export const liveDiagnostics: JupyterFrontEndPlugin<void> = {
  id: '@daybook/jupyterlab:live-diagnostics',
  description: 'Marks mistakes in cells while they are written.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_tracker, panel) => {
      new PanelDiagnostics(panel);
    });
  },
};

class PanelDiagnostics {
  readonly #panel: NotebookPanel;
  #comm: Kernel.IComm | undefined;
  #request = 0;
  /** The texts that were asked about last, by the cells' ids. */
  #asked = new Map<string, string>();
  readonly #known = new Map<string, readonly CellDiagnostic[]>();
  readonly #watched = new WeakSet<Cell>();
  #rest: number | undefined;

  constructor(panel: NotebookPanel) {
    this.#panel = panel;
    const { sessionContext, content } = panel;
    content.modelContentChanged.connect(() => {
      this.#askForChanged();
    });
    sessionContext.kernelChanged.connect(() => {
      this.#open();
    });
    sessionContext.statusChanged.connect((_context, status) => {
      // A kernel that starts again knows no comm.
      if (status === 'starting' || status === 'restarting') this.#comm = undefined;
      else if (this.#comm === undefined && status === 'idle') this.#open();
    });
    // A pipeline run, or another editor, may have changed what cells are checked against.
    const onFocus = () => {
      this.#askForAll();
    };
    window.addEventListener('focus', onFocus);
    panel.disposed.connect(() => {
      window.removeEventListener('focus', onFocus);
      window.clearTimeout(this.#rest);
      if (this.#comm?.isDisposed === false) this.#comm.dispose();
    });
    void Promise.all([sessionContext.ready, panel.revealed]).then(() => {
      this.#open();
    });
  }

  #open(): void {
    const kernel = this.#panel.sessionContext.session?.kernel;
    this.#comm = undefined;
    if (kernel?.name !== 'daybook' || kernel.isDisposed) return;
    const comm = kernel.createComm(target);
    comm.onMsg = ({ content }) => {
      this.#show(content.data as unknown as Answer);
    };
    comm.onClose = () => {
      if (this.#comm === comm) this.#comm = undefined;
    };
    comm.open();
    this.#comm = comm;
    this.#askForAll();
  }

  #sources(): Map<string, string> {
    const cells = this.#panel.content.widgets.filter(({ model }) => model.type === 'code');
    for (const cell of cells) this.#watch(cell);
    return new Map(cells.map(({ model }) => [model.id, model.sharedModel.getSource()]));
  }

  /** An editor comes to be when its cell is first seen. */
  #watch(cell: Cell): void {
    if (this.#watched.has(cell)) return;
    this.#watched.add(cell);
    void cell.ready.then(() => {
      this.#mark(cell);
    });
    cell.inViewportChanged.connect(() => {
      this.#mark(cell);
    });
  }

  #askForChanged(): void {
    const sources = this.#sources();
    const changed = [...sources].flatMap(([id, text]) =>
      this.#asked.get(id) === text ? [] : [id],
    );
    if (changed.length === 0 && sources.size === this.#asked.size) return;
    this.#ask(sources, changed);
    window.clearTimeout(this.#rest);
    this.#rest = window.setTimeout(() => {
      this.#askForAll();
    }, restMs);
  }

  #askForAll(): void {
    const sources = this.#sources();
    this.#ask(sources, [...sources.keys()]);
  }

  #ask(sources: Map<string, string>, wanted: readonly string[]): void {
    this.#asked = sources;
    const comm = this.#comm;
    if (comm === undefined || comm.isDisposed) return;
    this.#request += 1;
    const models = new Map(this.#panel.content.widgets.map(({ model }) => [model.id, model]));
    const cells = [...sources].map(([id, source]) => {
      const daybook = models.get(id)?.getMetadata('daybook') as SqlMetadata | undefined;
      const language: JSONObject = daybook?.name === undefined ? {} : { name: daybook.name };
      return { id, source, ...(daybook?.language === 'sql' ? { language } : {}) } as JSONObject;
    });
    comm.send({ request: this.#request, cells, wanted: [...wanted] });
  }

  #show({ request, diagnostics }: Answer): void {
    // What was typed since then is asked about already.
    if (request !== this.#request) return;
    for (const [id, found] of Object.entries(diagnostics)) this.#known.set(id, found);
    for (const cell of this.#panel.content.widgets) {
      if (cell.model.id in diagnostics) this.#mark(cell);
    }
  }

  #mark(cell: Cell): void {
    // One that was deleted meanwhile has no model any more.
    if (cell.isDisposed) return;
    const found = this.#known.get(cell.model.id);
    // The editor of JupyterLab has CodeMirror's view in it.
    const view = (cell.editor as { readonly editor?: EditorView } | null)?.editor;
    if (found === undefined || view === undefined) return;
    const { doc } = view.state;
    if (doc.toString() !== this.#asked.get(cell.model.id)) return;
    const own = found.map((diagnostic) => inEditor(diagnostic, doc));
    view.dispatch(setDiagnostics(view.state, own));
  }
}

function inEditor(diagnostic: CellDiagnostic, doc: Text): Diagnostic {
  const { code, message, line, column, length, severity, file } = diagnostic;
  const at = doc.line(Math.min(line, doc.lines));
  // What is wrong in a file that the cell imports is said at the cell's beginning.
  const from = file === undefined ? Math.min(at.from + column - 1, at.to) : 0;
  const to = file === undefined ? Math.min(from + length, at.to) : doc.line(1).to;
  return {
    from,
    to,
    severity,
    source: typeof code === 'number' ? `TS${code}` : `SQL${code}`,
    message: file === undefined ? message : `${file}:${line}:${column}: ${message}`,
  };
}
