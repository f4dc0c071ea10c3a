import { completeProject, type ProjectSettings } from '../src/config/project/project-settings.js';
import config from '../daybook.config.js';

/** What the project file of this repository says: most tests are of its example. */
export const project = settingsOf(config);

function settingsOf(value: unknown): ProjectSettings {
  const completed = completeProject(value);
  if ('problems' in completed) throw new Error(JSON.stringify(completed.problems));
  return completed.settings;
}
