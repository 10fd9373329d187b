import type { Span } from '../../diagnostics/problem.js'
import type { Block } from '../../syntax/schema-outline.js'

/** `key = value` of a generator or datasource. */
export interface Setting {
  readonly key: string
  readonly keySpan: Span
  /** As written. */
  readonly written: string
  readonly valueSpan: Span
  /** What Prisma hands on; undefined for a list or a function. */
  readonly value: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

const setting = /^([\w-]+)(\s*=\s*)(.*)$/s

export function readSettings(block: Block): readonly Setting[] {
  return block.members.flatMap(({ text, span: { start } }) => {
    const [, key, gap = '', written = ''] = setting.exec(text) ?? []
    if (key === undefined) return []
    const at = start + key.length + gap.length
    return [
      {
        key,
        keySpan: { start, end: start + key.length },
        written,
        valueSpan: { start: at, end: at + written.length },
        value: plainValue(written),
      },
    ]
  })
}

export function settingOf(block: Block, key: string): Setting | undefined {
  return readSettings(block).find((one) => one.key === key)
}

/** Of an output folder, which may stand in the environment. */
export function outputValue({ written, value }: Setting, env: Environment): string | undefined {
  const name = /^env\(\s*"([^"]*)"\s*\)$/.exec(written)?.[1]
  return name === undefined ? value : env[name]
}

function plainValue(written: string): string | undefined {
  if (/^[\w.-]+$/.test(written)) return written
  if (!/^"(?:[^"\\]|\\.)*"$/.test(written)) return undefined
  try {
    return JSON.parse(written) as string
  } catch {
    return undefined
  }
}
