import { generateLog } from './generate/log.js'
import type { Operation } from './operation.js'
import type { Mismatch } from './perform/mismatch.js'
import { type RunResult, runLog, type Setting } from './perform/run-log.js'
import { createTemplate, type Template } from './perform/twins.js'
import { type PolicyMode, policiesOfClients } from './policies.js'
import { shrink } from './report/shrink.js'
import { type Models, readModels } from './schema/models.js'
import type { Subject } from './schema/subject.js'

export interface FuzzOptions {
  readonly subject: Subject
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly clients?: number
}

/** One seed under one policy. */
export interface Round {
  readonly seed: number
  readonly mode: PolicyMode
}

export interface Fuzz {
  generate(round: Round, operations: number): Operation[]
  run(round: Round, log: readonly Operation[], until?: number): Promise<RunResult>
  /** The shortest log that still goes wrong, found within the time. */
  shrink(round: Round, log: readonly Operation[], until: number): Promise<readonly Operation[]>
  close(): Promise<void>
}

export async function openFuzz({ subject, databaseUrl, redisUrl, clients = 3 }: FuzzOptions): Promise<Fuzz> {
  const models: Models = readModels(subject)
  const template: Template = await createTemplate(databaseUrl, subject, models)
  const settingOf = ({ seed, mode }: Round): Setting => ({
    subject,
    models,
    policies: policiesOfClients(subject.policies, { mode, seed }, subject.exclude, clients),
    redisUrl,
    template,
    clients,
  })
  return {
    generate: (round, operations) =>
      generateLog({ seed: round.seed, operations, clients, models, policies: settingOf(round).policies[0]! }),
    run: (round, log, until) => runLog(settingOf(round), log, until),
    shrink: (round, log, until) =>
      shrink(log, { until, stillFails: async (some) => (await runLog(settingOf(round), some)).failure !== undefined }),
    close: () => template.drop(),
  }
}

export function describeMismatch({ what, expected, actual }: Mismatch): string {
  return `${what}\n  expected: ${expected}\n  actual:   ${actual}`
}
