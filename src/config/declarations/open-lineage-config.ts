// Settings of OpenLineage, from the project file and the variables that clients of OpenLineage share.

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadSetting } from '../environment/settings.js';

/** What a project file says of lineage. */
export interface OpenLineageSettings {
  readonly url: string | undefined;
  /** Relative to the root. */
  readonly file: string | undefined;
  readonly namespace: string | undefined;
}

/** Where lineage goes. */
export interface OpenLineageConfig {
  /** An address that takes events, or a file, absolute. */
  readonly target: { readonly url: string } | { readonly file: string };
  /** The namespace of jobs. */
  readonly namespace: string;
  /** Sent with each event; undefined: nothing is. A secret. */
  readonly apiKey: string | undefined;
  /** The run around ours, as its orchestrator names it. */
  readonly parent: string | undefined;
}

const anyProtocol = ['http:', 'https:', 'file:'];

/**
 * The lineage of a configuration: the environment wins over the project file.
 *
 * @returns Undefined: lineage goes nowhere.
 */
export function readOpenLineage(
  read: ReadSetting,
  project: OpenLineageSettings | undefined,
  root: string,
): OpenLineageConfig | undefined {
  const given = read('OPENLINEAGE_URL', (value) => lineageUrlProblem(value, anyProtocol));
  const endpoint = read('OPENLINEAGE_ENDPOINT');
  const common = {
    namespace: read('OPENLINEAGE_NAMESPACE') ?? project?.namespace ?? 'default',
    apiKey: read('OPENLINEAGE_API_KEY'),
    parent: read('OPENLINEAGE_PARENT_ID'),
  };
  const isDisabled = /^(?:1|true)$/i.test(read('OPENLINEAGE_DISABLED') ?? '');
  const url = given ?? project?.url;
  // A wrong address is a problem of the configuration, which ends here.
  const isWrong = url !== undefined && lineageUrlProblem(url, anyProtocol) !== undefined;
  if (isDisabled || isWrong) return undefined;
  // What the environment says replaces what the file says, whichever of the two it is.
  if (given === undefined && project?.file !== undefined) {
    return { target: { file: resolve(root, project.file) }, ...common };
  }
  if (url === undefined) return undefined;
  const target =
    new URL(url).protocol === 'file:'
      ? { file: fileURLToPath(url) }
      : { url: new URL(endpoint, url.endsWith('/') ? url : `${url}/`).href };
  return { target, ...common };
}

/** What is wrong with an address for lineage, without repeating it: it may hold a secret. */
export function lineageUrlProblem(
  value: string,
  protocols: readonly string[] = ['http:', 'https:'],
): string | undefined {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    return `is not an address that begins with ${protocols.map((one) => `${one}//`).join(', ')}`;
  }
  const { protocol, username, password } = new URL(value);
  if (protocol === 'file:' && !isPath(value)) return 'is no path of this machine, file:///…';
  return username === '' && password === ''
    ? undefined
    : 'must not hold a user or a password; OPENLINEAGE_API_KEY is sent along';
}

function isPath(url: string): boolean {
  try {
    return fileURLToPath(url) !== '';
  } catch {
    return false;
  }
}
