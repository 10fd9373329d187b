export type { CachedClient, CarryOptions } from './carry.js'
export { sessionMiddleware } from './express.js'
export { sessionPlugin } from './fastify.js'
