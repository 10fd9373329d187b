export type { RejectedChange } from '../queue/change.js'
export type { FlushFailure } from './process-job.js'
export { type FlushWorker, type FlushWorkerOptions, startFlushWorker } from './start-flush-worker.js'
