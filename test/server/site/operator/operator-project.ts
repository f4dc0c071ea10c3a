import { parseConfig, type Config } from '../../../../src/config/config.js';
import { root } from '../../../database.js';

/** A project with one schedule. */
export const defaultProject: Config['project'] = {
  ...parseConfig({}, root).project,
  schedules: [
    {
      name: 'nightly',
      description: undefined,
      catchUp: 'latest',
      ifDied: 'again',
      where: 'here',
      does: { pipeline: true, notebooks: false, export: undefined },
      when: { kind: 'cron', expression: '0 5 * * *', timeZone: undefined },
    },
  ],
};
