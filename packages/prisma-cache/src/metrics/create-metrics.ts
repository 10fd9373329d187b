import type { Stock } from './instruments.js'
import { type Meter, observeWith } from './open-telemetry.js'
import { prometheusText } from './prometheus.js'
import { createTally, type EventSource } from './tally.js'

/** `prisma.$cache`, or a flush worker. */
export interface MetricsSource extends EventSource {
  pending(): Promise<Readonly<Record<string, Stock>>>
}

export interface MetricsOptions {
  /** OpenTelemetry: the application's meter, `metrics.getMeter('prisma-cache')` of `@opentelemetry/api`. */
  readonly meter?: Meter
}

export interface Metrics {
  /**
   * Everything in the text format of Prometheus, for an answer with the header `Content-Type: ${CONTENT_TYPE}`. While Redis
   * cannot be reached what it alone knows (pending rows) is left out, and `prisma_cache_link_up` is 0.
   */
  prometheus(): Promise<string>
  /** Ends the counting. */
  close(): void
}

/**
 * Counts the events of a client or of a worker from now on, and tells the stock of pending writes.
 *
 * @example const metrics = createMetrics(prisma.$cache)
 *          app.get('/metrics', async (_, reply) => reply.type(CONTENT_TYPE).send(await metrics.prometheus()))
 */
export function createMetrics(source: MetricsSource, { meter }: MetricsOptions = {}): Metrics {
  const readStock = () => source.pending().catch(() => undefined)
  let observed: ReturnType<typeof observeWith> | undefined
  const tally = createTally(source, (model, seconds) => observed?.flushed(model, seconds))
  if (meter) observed = observeWith(meter, tally, readStock)
  return {
    prometheus: async () => prometheusText(tally, await readStock()),
    close() {
      tally.close()
      observed?.close()
    },
  }
}
