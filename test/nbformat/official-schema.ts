import Ajv from 'ajv';
import draft04 from 'ajv/lib/refs/json-schema-draft-04.json' with { type: 'json' };
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { requireShared } from '../requirement.js';

/**
 * Checks against the official JSON schema of a minor version of nbformat 4.
 *
 * @returns What is wrong; empty: it is valid.
 */
export function officialSchema(context: TestContext, minor: number): (value: unknown) => string[] {
  const folder = requireShared(context, 'fixtures/nbformat');
  const schema = JSON.parse(
    readFileSync(join(folder, `v4_nbformat.v4.${minor}.schema.json`), 'utf8'),
  ) as object;
  const ajv = new Ajv({ schemaId: 'auto', meta: false, allErrors: true, unknownFormats: 'ignore' });
  ajv.addMetaSchema(draft04);
  const validate = ajv.compile(schema);
  return (value) => {
    void validate(value);
    return (validate.errors ?? []).map(({ dataPath, message }) => `${dataPath} ${message ?? ''}`);
  };
}
