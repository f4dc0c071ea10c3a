/**
 * Puts the templates beside the compiled code. What the repository's own root is made of is taken from there: the
 * example that it ships with, the containers, what git is told.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('..', import.meta.url));
const root = dirname(own.replace(/[\\/]$/, ''));
const templates = join(own, 'dist', 'templates');

/** What each template has from the root. */
const fromRoot = {
  common: ['docker', '.env.example'],
  customers: [
    'daybook.config.ts',
    'daybook-env.d.ts',
    'sql',
    'notebooks',
    'exploration',
    'sample-logs',
  ],
};

rmSync(templates, { recursive: true, force: true });
cpSync(join(own, 'templates'), templates, { recursive: true });
for (const [template, names] of Object.entries(fromRoot)) {
  for (const name of names) {
    cpSync(join(root, name), join(templates, template, name), {
      recursive: true,
      filter: (path) => !path.includes('.ipynb_checkpoints'),
    });
  }
}

// Which packages' install scripts are not needed, so that npm does not ask for each to be reviewed.
const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
writeFileSync(join(own, 'dist', 'allow-scripts.json'), JSON.stringify(allowScripts));

/** npm leaves files of these names out of packages, or obeys them. */
const write = (name, text) => writeFileSync(join(templates, 'common', name), text);
write('gitattributes', readFileSync(join(root, '.gitattributes'), 'utf8'));
// A project has no src/: its settings are what changes.
write(
  'docker-compose.yml',
  readFileSync(join(root, 'docker-compose.yml'), 'utf8')
    .replace(/^name: daybook$/m, 'name: {{name}}')
    .replace(/^( *image:) daybook$/m, '$1 {{name}}')
    .replaceAll('path: ./src }', 'path: ./daybook.config.ts }'),
);
