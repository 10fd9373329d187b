import type { GeneratorConfig, GeneratorManifest, GeneratorOptions } from '@prisma/generator-helper'
import { readInput } from './read-input.js'
import { createRequestReader, type GeneratorRequest } from './read-request.js'

export interface GeneratorAnswers {
  manifest(config: GeneratorConfig): GeneratorManifest
  /** May throw: the message is what `prisma generate` shows. */
  generate(options: GeneratorOptions): Promise<void>
}

const newline = 0x0a

/**
 * Answers `prisma generate`: a line of JSON on standard input is a request, one on standard error its answer. Standard
 * output is the user's terminal. Prisma's own helper would do the same with the whole of each request as text first.
 */
export function serveGenerator(answers: GeneratorAnswers): void {
  let reader = createRequestReader()
  readInput(() => reader.room(), take)

  function take(bytes: Buffer): void {
    const end = bytes.indexOf(newline)
    reader.filled(end < 0 ? bytes.length : end)
    if (end < 0) return
    void answer(reader.end(), answers)
    reader = createRequestReader()
    const rest = bytes.subarray(end + 1)
    if (rest.length > 0) take(reader.room().subarray(0, rest.copy(reader.room())))
  }
}

async function answer(request: GeneratorRequest, answers: GeneratorAnswers): Promise<void> {
  const reply = await perform(request, answers).catch((error: Error) => ({
    error: { code: -32_000, message: error.message, data: { stack: error.stack } },
  }))
  process.stderr.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...reply })}\n`)
}

async function perform({ method, params }: GeneratorRequest, answers: GeneratorAnswers): Promise<{ result: unknown }> {
  if (method === 'getManifest') return { result: { manifest: answers.manifest(params as GeneratorConfig) } }
  if (method === 'generate') return { result: (await answers.generate(params as GeneratorOptions)) ?? null }
  throw new Error(`\`prisma generate\` asks for \`${method}\`, which this version does not know`)
}
