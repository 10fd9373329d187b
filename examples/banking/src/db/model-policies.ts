import type { ModelPolicies } from '../report/model-policies.js'
export const modelPolicies: ModelPolicies = Object.fromEntries(
  ['Customer', 'Account', 'Transfer', 'Session', 'AuditLog', 'PageCounter'].map((m) => [m, { strategy: '?', table: m === 'AuditLog' ? 'audit_log' : m }]),
)
