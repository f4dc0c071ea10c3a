// The document of `daybook pipeline graph --json`: its fields, their meaning and its version.

import { z } from 'zod';

/** The version of the document. It rises when a field goes or means something else; new fields may come any time. */
export const graphVersion = 1;

const name = z.string();
const relation = name.describe('`schema.name`.');

/** A column, and the columns that it is computed from. */
export const graphColumn = z.object({
  name: name.describe('Its name.'),
  type: z.string().describe('Its Postgres type.'),
  description: z.string().optional().describe('What it holds.'),
  from: z
    .array(
      z.object({
        relation,
        column: name.describe('A column of it; `*`: its rows are counted.'),
      }),
    )
    .optional()
    .describe(
      'Of a model: the columns that it is computed from, one step back. Missing where that is unknown.',
    ),
});

/** A source: files that become rows of a table. */
export const graphSource = z.object({
  id: name.describe('Its table, `schema.name`.'),
  name: name.describe('Its name in `sql/sources`.'),
  description: z.string().optional().describe('What it holds.'),
  files: z.array(z.string()).describe('Names of its files; `*` stands for anything.'),
  eventTime: z.string().nullable().describe('The column with the time of the event.'),
  columns: z.array(graphColumn).describe('The columns of its table.'),
  digest: z.string().describe('Changes when its files are to be loaded again.'),
});

/** A test of a model. A failed one keeps the model from being published. */
export const graphTest = z.object({
  name: name.describe('Its name in reports, like `not_null(month)`.'),
  kind: z
    .enum([
      'not_null',
      'unique',
      'accepted_values',
      'relationships',
      'key',
      'sql',
      'row_count',
      'freshness',
    ])
    .describe('What it looks at.'),
  column: name.nullable().describe('The column that it is about; null: the whole table.'),
});

/** A model: one query that becomes a table or a view. */
export const graphModel = z.object({
  id: name.describe('`schema.name`, which `--select` takes.'),
  file: z.string().describe('Its file, from the root.'),
  description: z.string().describe('What it holds.'),
  materialization: z
    .enum(['table', 'view', 'incremental'])
    .describe('`incremental`: a table of which only the slices with new events are built.'),
  incremental: z
    .object({
      from: relation.describe('The relation of events.'),
      by: z.enum(['file', 'day', 'month', 'year']).describe('The unit of slices.'),
      slice: name.describe('The column with the slice.'),
      key: z.array(name).describe('The columns that identify a row.'),
    })
    .optional()
    .describe('How it grows; only of incremental models.'),
  reads: z
    .array(relation)
    .describe(
      'What its query and its tests read, also tables that are neither sources nor models.',
    ),
  columns: z.array(graphColumn).describe('Its columns, in order.'),
  tests: z.array(graphTest).describe('Its tests; they run before it is published.'),
  digest: z.string().describe('Changes when its rows are to be made again.'),
});

/** A notebook of the dashboard. */
export const graphNotebook = z.object({
  path: name.describe('Its file, from the root.'),
  slug: name.describe('Its name in addresses.'),
  title: z.string().describe('Its first heading.'),
  group: z.string().describe('What the dashboard lists it under; may be empty.'),
  after: z.array(name).describe('The notebooks, by path, that have to end before it begins.'),
  reads: z
    .array(relation)
    .nullable()
    .describe(
      'What its queries read, as far as their texts are known before it runs; null: it cannot be read, or is of another language.',
    ),
});

/** The whole document. */
export const graphDocument = z.object({
  version: z
    .literal(graphVersion)
    .describe(
      'Rises when a field goes or means something else. Fields may be added any time: leave those aside that you do not know.',
    ),
  daybook: z.string().describe('The version of Daybook that wrote it.'),
  project: z
    .object({
      title: z.string().describe('What the dashboard is called.'),
      timeZone: z.string().describe('The zone in which days, months and years are counted.'),
      schemas: z.array(name).describe('Its schemas, in the order in which data flows.'),
    })
    .describe('The project.'),
  sources: z.array(graphSource).describe('What is loaded, by name.'),
  models: z
    .array(graphModel)
    .describe('What is built, in an order in which it can be: each after those that it reads.'),
  notebooks: z.array(graphNotebook).describe('What is published, in the order of the dashboard.'),
  edges: z
    .array(z.object({ from: name, to: name }))
    .describe(
      'What is read by what, and which notebook comes before which: ids of sources and models, paths of notebooks.',
    ),
});

/** The graph of a project: what is loaded, built and published, and in which order. */
export type ProjectGraph = z.infer<typeof graphDocument>;

/** A column of the graph. */
export type GraphColumn = z.infer<typeof graphColumn>;

/** A notebook of the graph. */
export type GraphNotebook = z.infer<typeof graphNotebook>;

/** The JSON schema of the document. */
export function graphSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(graphDocument, {
    io: 'input',
    target: 'draft-7',
  });
  return { $schema, title: 'The graph of a Daybook project', ...schema };
}
