import type { Pool } from 'pg';

/**
 * Everything that a run leaves but its own history: count and digest of each relation, and whether
 * every line that was read is either loaded or in quarantine.
 */
export async function warehouseContent(
  pool: Pool,
  models: readonly string[] = [],
  sources: readonly string[] = ['log_event'],
): Promise<Record<string, unknown>> {
  const relations = {
    ...Object.fromEntries(sources.map((name) => [name, `bronze.${name}`])),
    rejects: '(select source_file, line_number, byte_offset, reason, message, raw from ops.reject)',
    ledger: `(select
      source_file, source, sha256, bytes, line_count, loaded_count, rejected_count,
      unfinished_bytes, next_line, newest_event
    from ops.source_file)`,
    ...Object.fromEntries(models.map((model) => [model, model])),
  };
  const counts = sources.map((name) => `(select count(*) from bronze.${name})`);
  const content: Record<string, unknown> = {};
  for (const [name, relation] of Object.entries(relations)) {
    const { rows } = await pool.query<object>(
      `select count(*)::int, md5(string_agg(r::text, chr(10) order by r::text collate "C")) as digest
      from ${relation} as r`,
    );
    content[name] = rows[0];
  }
  const { rows } = await pool.query<object>(
    `select
      sum(line_count) = sum(loaded_count + rejected_count) as "isBalanced",
      sum(loaded_count) = (${counts.join(' + ')}) as "isLoaded",
      sum(rejected_count) = (select coalesce(sum(line_count), 0) from ops.reject) as "isKept"
    from ops.source_file`,
  );
  return { ...content, ...rows[0] };
}
