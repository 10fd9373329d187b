export { createMetrics, type Metrics, type MetricsOptions, type MetricsSource } from './create-metrics.js'
export type { Meter } from './open-telemetry.js'
export { CONTENT_TYPE } from './prometheus.js'
