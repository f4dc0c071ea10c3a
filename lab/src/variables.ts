import {
  ILabShell,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from '@jupyterlab/application';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';
import './variables.css';

/** A variable as Daybook's kernel lists it, see `src/kernel/debug-reply.ts`. */
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** The variables of the current notebook, in the sidebar. */
class VariablesPanel extends Widget {
  readonly #tracker: INotebookTracker;
  #asked = 0;

  constructor(tracker: INotebookTracker) {
    super();
    this.#tracker = tracker;
    this.id = 'daybook-variables';
    this.title.label = 'Variables';
    this.title.caption = 'Variables of the current notebook';
    this.addClass('daybook-variables');
    tracker.currentChanged.connect(() => void this.refresh());
    NotebookActions.executed.connect(() => void this.refresh());
  }

  protected override onAfterShow(): void {
    void this.refresh();
  }

  /** Asks the kernel, unless nobody looks. */
  async refresh(): Promise<void> {
    if (!this.isVisible) return;
    const asked = (this.#asked += 1);
    const kernel = this.#tracker.currentWidget?.sessionContext.session?.kernel;
    const variables = kernel?.name === 'daybook' ? await variablesOf(kernel) : undefined;
    if (asked !== this.#asked || this.isDisposed) return;
    if (variables === undefined)
      this.#say('Variables of notebooks on Daybook’s kernel are shown here.');
    else if (variables.length === 0) this.#say('No cell has run that declares a name.');
    else this.node.replaceChildren(tableOf(variables));
  }

  #say(text: string): void {
    const paragraph = document.createElement('p');
    paragraph.textContent = text;
    this.node.replaceChildren(paragraph);
  }
}

async function variablesOf(
  kernel: Kernel.IKernelConnection,
): Promise<readonly Variable[] | undefined> {
  const seq = 1;
  const command = 'inspectVariables';
  const future = kernel.requestDebug({ type: 'request', seq, command, arguments: {} }, true);
  const { content } = await future.done;
  return content.success
    ? (content.body as { variables: readonly Variable[] }).variables
    : undefined;
}

function tableOf(variables: readonly Variable[]): HTMLTableElement {
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const label of ['Name', 'Type', 'Value']) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.textContent = label;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const { name, type, value } of variables) {
    const row = body.insertRow();
    for (const text of [name, type, value]) row.insertCell().textContent = text;
    row.title = value;
  }
  return table;
}

/** Shows the variables that the cells of a notebook have declared. */
export const variables: JupyterFrontEndPlugin<void> = {
  id: '@daybook/jupyterlab:variables',
  description: 'Shows the variables of the current notebook in the right sidebar.',
  autoStart: true,
  requires: [INotebookTracker, ILabShell],
  activate: (_app: JupyterFrontEnd, tracker: INotebookTracker, shell: ILabShell) => {
    shell.add(new VariablesPanel(tracker), 'right', { rank: 900 });
  },
};
