import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { Queue } from 'bullmq'
import type { FastifyInstance } from 'fastify'
import { CONTENT_TYPE } from 'prisma-cache/metrics'
import { flushQueue } from 'prisma-cache/worker'

export interface DashboardOptions {
  readonly redisUrl: string
  readonly namespace: string
  /** Everything that was counted, as Prometheus reads it. */
  metrics(): Promise<string>
}

export const QUEUES_PATH = '/queues'
export const METRICS_PATH = '/metrics'

/**
 * Bull Board over the flush queue, and the metrics. A shard's job waits there for its window, and each rejected write is
 * a failed job, with what was asked for as its data and what Postgres said as its reason. The board only looks: a
 * rejected write is retried and dropped by `prisma-cache rejected`, which puts nothing over newer writes.
 *
 * In a real application this stands behind a login.
 */
export async function mountDashboard(server: FastifyInstance, options: DashboardOptions): Promise<void> {
  const { redisUrl, namespace, metrics } = options
  const { name, prefix } = flushQueue(namespace)
  const queue = new Queue(name, { prefix, connection: { url: redisUrl } })
  queue.on('error', (error) => console.error('dashboard:', error))
  const adapter = new FastifyAdapter().setBasePath(QUEUES_PATH)
  createBullBoard({ queues: [new BullMQAdapter(queue, { readOnlyMode: true })], serverAdapter: adapter })
  await server.register(adapter.registerPlugin() as Parameters<FastifyInstance['register']>[0], { prefix: QUEUES_PATH })
  server.get(METRICS_PATH, async (_request, reply) =>
    reply
      .type(CONTENT_TYPE)
      .serializer((text: unknown) => String(text))
      .send(await metrics()),
  )
  server.addHook('onClose', () => queue.close())
}
