// Preloaded into the processes of a project's tests, whose Node.js may not read TypeScript.
import { register } from 'node:module';

register('./typescript-hooks.js', import.meta.url);
