import type { Stage } from '../stage/stage.js'

/** What stands in Redis for a row that is cached: found by what `$cache.explain` names, so that no case knows the layout. */
export async function entryOf(
  { cached, redis }: Pick<Stage, 'cached' | 'redis'>,
  model: string,
  where: Readonly<Record<string, unknown>>,
): Promise<{ key: string; value: string }> {
  const delegate = cached[`${model[0]!.toLowerCase()}${model.slice(1)}` as 'through']
  const { $cache } = cached as unknown as {
    $cache: { explain(model: string, operation: string, args: unknown): Promise<{ key?: string }> }
  }
  for (;;) {
    await delegate.findUnique({ where: where as { id: string } })
    const { key } = await $cache.explain(model, 'findUnique', { where })
    if (key === undefined) throw new Error(`${model} ${JSON.stringify(where)} is not cached`)
    const value = await redis.get(key)
    // Nobody waits for a fill: the next reader finds it.
    if (value !== null) return { key, value }
  }
}
