import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { isCodeCellModel, type ICellModel } from '@jupyterlab/cells';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { JSONObject } from '@lumino/coreutils';

/** What the kernel answers, see `src/kernel/format-comm.ts`. */
interface Answer {
  formatted:
    | { ok: true; edit?: { start: number; end: number; text: string } }
    | { ok: false; reason: string }
    | null;
}

const target = 'daybook.format';

/** How long an answer is waited for, in milliseconds: a kernel that runs a cell answers after it. */
const patience = 5000;

/** Formats the SQL of the active cell that the cursor is in; returns what is to be said. */
async function format(panel: NotebookPanel): Promise<string | undefined> {
  const { activeCell } = panel.content;
  const kernel = panel.sessionContext.session?.kernel;
  if (activeCell === null || !isCodeCellModel(activeCell.model)) return 'Choose a code cell first';
  if (kernel == null || (await kernel.info).implementation !== 'daybook') {
    return 'SQL is formatted by the kernel TypeScript (Daybook)';
  }
  const { model, editor } = activeCell;
  const source = model.sharedModel.getSource();
  const position = editor?.getOffsetAt(editor.getCursorPosition()) ?? 0;
  const comm = kernel.createComm(target);
  const answered = new Promise<Answer | undefined>((resolve) => {
    const timer = setTimeout(() => {
      resolve(undefined);
    }, patience);
    comm.onMsg = ({ content }) => {
      clearTimeout(timer);
      resolve(content.data as unknown as Answer);
    };
  });
  comm.open({ source, position, ...languageOf(model) });
  const answer = await answered;
  if (answer === undefined) return 'The kernel is busy: format once it is idle';
  const { formatted } = answer;
  if (formatted === null) return 'There is no query where the cursor is';
  if (!formatted.ok) return `The SQL stays as it is: ${formatted.reason}`;
  const { edit } = formatted;
  // What was typed meanwhile is not to be lost.
  if (edit !== undefined && model.sharedModel.getSource() === source) {
    model.sharedModel.updateSource(edit.start, edit.end, edit.text);
  }
  return undefined;
}

function languageOf(model: ICellModel): JSONObject {
  const daybook = model.getMetadata('daybook') as { language?: unknown; name?: string } | undefined;
  if (daybook?.language !== 'sql') return {};
  return { language: daybook.name === undefined ? {} : { name: daybook.name } };
}

/** Formats SQL on demand. */
export const formatSql: JupyterFrontEndPlugin<void> = {
  id: '@daybook/jupyterlab:format-sql',
  description: 'Formats the SQL cell or the query that the cursor is in.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette],
  activate: (
    { commands, contextMenu }: JupyterFrontEnd,
    tracker: INotebookTracker,
    palette: ICommandPalette | null,
  ) => {
    const command = 'daybook:format-sql';
    commands.addCommand(command, {
      label: 'Format SQL',
      caption: 'Lay out the SQL cell, or the text of the query that the cursor is in',
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        const said = tracker.currentWidget && (await format(tracker.currentWidget));
        if (said != null) Notification.info(said, { autoClose: 5000 });
      },
    });
    palette?.addItem({ command, category: 'Notebook Cell Operations' });
    contextMenu.addItem({ command, selector: '.jp-Notebook .jp-CodeCell', rank: 1 });
    commands.addKeyBinding({ command, keys: ['Alt Shift F'], selector: '.jp-Notebook' });
  },
};
