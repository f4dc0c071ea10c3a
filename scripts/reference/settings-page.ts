import { settings, settingTopics, type Setting } from '../../src/config/environment/settings.js';
import { code, markdownPage, markdownTable } from './markdown.js';

/** All settings of the environment. */
export function settingsPage(): Promise<string> {
  return markdownPage('Environment variables', [
    'The command line wins over the environment, and the environment over the [project file](project-file.md). Commands also read the file `.env` in the project, as Docker Compose does, and so does a notebook that asks for its warehouse; what is set outside of that file wins. An empty variable counts as not set. Relative folders are taken from the root of the project.',
    ...Object.entries(settingTopics).flatMap(([topic, title]) => [
      `## ${title}`,
      markdownTable(
        ['variable', 'default', 'meaning'],
        Object.entries<Setting>(settings)
          .filter(([, { of }]) => of === topic)
          .map(([name, { default: fallback, meaning }]) => [code(name), code(fallback), meaning]),
      ),
    ]),
    '## Kernels of other languages',
    'They are looked for where Jupyter looks: `JUPYTER_PATH`, `JUPYTER_DATA_DIR`, the active virtualenv (`VIRTUAL_ENV`) or conda environment (`CONDA_PREFIX`), the folder of the user and of the system; `JUPYTER_PREFER_ENV_PATH=0` looks into that of the user first.',
  ]);
}
