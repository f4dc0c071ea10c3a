import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { isCodeCellModel, type ICellModel } from '@jupyterlab/cells';
import { INotebookTracker, type Notebook } from '@jupyterlab/notebook';

/** The language of Postgres, as JupyterLab's editors call it. */
const sql = 'text/x-pgsql';

/** The first line of a SQL cell, as the kernel reads it. */
const firstLine = /^\s*%%sql(?!\S)/;

/** Whether a cell is SQL, by its first line or its metadata. */
function isSql(model: ICellModel): boolean {
  const { daybook, vscode } = model.metadata as {
    daybook?: { language?: unknown };
    vscode?: { languageId?: unknown };
  };
  return (
    daybook?.language === 'sql' ||
    vscode?.languageId === 'sql' ||
    firstLine.test(model.sharedModel.getSource())
  );
}

/** Keeps the language of a cell's editor; the notebook sets that of its kernel for all. */
function follow(notebook: Notebook, model: ICellModel): void {
  const update = () => {
    const language = isSql(model) ? sql : notebook.codeMimetype;
    if (model.mimeType !== language) model.mimeType = language;
  };
  model.contentChanged.connect(update);
  model.metadataChanged.connect(update);
  model.mimeTypeChanged.connect(update);
  update();
}

/** Colours SQL cells as SQL. */
export const sqlCells: JupyterFrontEndPlugin<void> = {
  id: '@daybook/jupyterlab:sql-cells',
  description: 'Colours SQL cells as SQL.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app, tracker: INotebookTracker) => {
    tracker.widgetAdded.connect((_tracker, { content, context }) => {
      void context.ready.then(() => {
        const followed = new WeakSet<ICellModel>();
        const followAll = () => {
          for (const { model } of content.widgets) {
            if (!isCodeCellModel(model) || followed.has(model)) continue;
            followed.add(model);
            follow(content, model);
          }
        };
        content.modelContentChanged.connect(followAll);
        followAll();
      });
    });
  },
};
