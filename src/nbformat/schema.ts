import { z } from 'zod';

/**
 * The schema of nbformat 4, minor 0 to 5, as far as they agree: minor 5 added only the cells' ids.
 * Source: https://github.com/jupyter/nbformat/blob/main/nbformat/v4/nbformat.v4.5.schema.json
 */
const text = z.union([z.string(), z.array(z.string())], {
  error: 'must be a string or a list of strings',
});

const jsonType = /^application\/(.*\+)?json$/;

const mimeBundle = z.record(z.string(), z.unknown()).superRefine((bundle, context) => {
  for (const [type, value] of Object.entries(bundle)) {
    if (!jsonType.test(type) && !text.safeParse(value).success) {
      context.addIssue({
        code: 'custom',
        path: [type],
        message: 'must be a string or a list of strings',
      });
    }
  }
});

const executionCount = z.int().min(0).nullable();

const output = z.discriminatedUnion('output_type', [
  z.strictObject({ output_type: z.literal('stream'), name: z.string(), text }),
  z.strictObject({
    output_type: z.literal('display_data'),
    data: mimeBundle,
    metadata: z.looseObject({}),
  }),
  z.strictObject({
    output_type: z.literal('execute_result'),
    execution_count: executionCount,
    data: mimeBundle,
    metadata: z.looseObject({}),
  }),
  z.strictObject({
    output_type: z.literal('error'),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const tags = z
  .array(z.string().regex(/^[^,]+$/, 'must be a tag: not empty, without commas'))
  .refine((list) => new Set(list).size === list.length, 'must not repeat a tag');

const cellMetadata = z.looseObject({
  name: z.string().min(1).optional(),
  tags: tags.optional(),
  jupyter: z.looseObject({}).optional(),
});

const id = z
  .string()
  .regex(/^[a-zA-Z0-9-_]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores')
  .optional();

const attachments = z.record(z.string(), mimeBundle).optional();

const cell = z.discriminatedUnion('cell_type', [
  z.strictObject({
    cell_type: z.literal('code'),
    id,
    metadata: cellMetadata.extend({
      collapsed: z.boolean().optional(),
      scrolled: z.union([z.boolean(), z.literal('auto')]).optional(),
      execution: z.record(z.string(), z.string()).optional(),
    }),
    source: text,
    outputs: z.array(output),
    execution_count: executionCount,
  }),
  z.strictObject({
    cell_type: z.literal('markdown'),
    id,
    metadata: cellMetadata,
    source: text,
    attachments,
  }),
  z.strictObject({
    cell_type: z.literal('raw'),
    id,
    metadata: cellMetadata.extend({ format: z.string().optional() }),
    source: text,
    attachments,
  }),
]);

/** What every notebook of nbformat 4.0 to 4.5 must be; ids are checked only where they are. */
export const notebookSchema = z.strictObject({
  nbformat: z.literal(4),
  nbformat_minor: z.int().min(0).max(5),
  metadata: z.looseObject({
    kernelspec: z.looseObject({ name: z.string(), display_name: z.string() }).optional(),
    language_info: z.looseObject({ name: z.string() }).optional(),
    orig_nbformat: z.int().min(1).optional(),
    title: z.string().optional(),
    authors: z.array(z.unknown()).optional(),
  }),
  cells: z.array(cell),
});
