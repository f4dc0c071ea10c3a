import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { DocumentWidget } from '@jupyterlab/docregistry';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { notebookIcon } from '@jupyterlab/ui-components';
// `daybook notebooks new` writes the same.
import template from './new-notebook.json';
import snippets from './snippets.json';

const newNotebook = 'daybook:new-notebook';

/** Writes a notebook of the template into a folder, and opens it. */
async function createNotebook(
  { commands, serviceManager: { contents } }: JupyterFrontEnd,
  folder: string,
): Promise<DocumentWidget> {
  const { path } = await contents.newUntitled({ path: folder, type: 'notebook' });
  await contents.save(path, { type: 'notebook', format: 'json', content: template });
  const widget = (await commands.execute('docmanager:open', {
    path,
    factory: 'Notebook',
    kernel: { name: template.metadata.kernelspec.name },
  })) as DocumentWidget;
  // The first time that it is saved, JupyterLab asks for its name.
  widget.isUntitled = true;
  return widget;
}

/** Inserts a cell of code below the active one. */
function insertCell({ content }: NotebookPanel, source: string): void {
  NotebookActions.insertBelow(content);
  NotebookActions.changeCellType(content, 'code');
  content.activeCell?.model.sharedModel.setSource(source);
  content.mode = 'edit';
}

/** Begins notebooks, and cells of charts, tables and cards. */
export const writingHelps: JupyterFrontEndPlugin<void> = {
  id: '@daybook/jupyterlab:writing-helps',
  description: 'Begins notebooks, and cells of charts, tables and cards.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILauncher, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    browser: IDefaultFileBrowser | null,
  ) => {
    const { commands } = app;
    commands.addCommand(newNotebook, {
      label: ({ isPalette }) => (isPalette === true ? 'New Daybook Notebook' : 'Daybook notebook'),
      caption: 'Create a notebook with a title, parameters, a SQL cell and a chart',
      icon: ({ isPalette }) => (isPalette === true ? undefined : notebookIcon),
      execute: ({ cwd }) =>
        createNotebook(app, typeof cwd === 'string' ? cwd : (browser?.model.path ?? '')),
    });
    palette?.addItem({
      command: newNotebook,
      category: 'Notebook Operations',
      args: { isPalette: true },
    });
    launcher?.add({ command: newNotebook, category: 'Notebook', rank: -1 });
    for (const { name, label, caption, source } of snippets) {
      const command = `daybook:insert-${name}`;
      commands.addCommand(command, {
        label,
        caption,
        isEnabled: () => tracker.currentWidget !== null,
        execute: () => {
          if (tracker.currentWidget !== null) insertCell(tracker.currentWidget, source.join(''));
        },
      });
      palette?.addItem({ command, category: 'Notebook Cell Operations' });
    }
  },
};
