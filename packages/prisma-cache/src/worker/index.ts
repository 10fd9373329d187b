export type { RejectedChange } from '../queue/change.js'
export type { FlushFailure } from './process-job.js'
export { type FlushWorker, startFlushWorker } from './start-flush-worker.js'
export type { FlushWorkerOptions } from './worker-options.js'
