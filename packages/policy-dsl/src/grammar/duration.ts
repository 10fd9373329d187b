import { printValue } from '../syntax/print-annotation.js'
import { type ArgType, accept, refuse } from './arg-type.js'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export type DurationUnit = keyof typeof units
/** A duration as the language writes it: `250ms`, `30s`, `5m`, `1h`, `7d`. */
export type DurationText = `${number}${DurationUnit}`

/** `never` for a literal that is no whole number of its unit, such as `1.5h`, `-5m`, `1e3s` or `1 h`. */
export type WholeDuration<D extends string> = D extends
  | `${'-' | '+'}${string}`
  | `${string}${'.' | 'e' | 'E' | 'x' | 'X' | 'b' | 'B' | 'o' | 'O' | ' ' | '\t' | '\n'}${string}`
  ? never
  : D

const shape = /^(\d+)(ms|s|m|h|d)$/

/** Whole durations from 1ms to `max`, in milliseconds. */
export function duration({ max }: { readonly max: DurationText }): ArgType<number> {
  const maximum = milliseconds(max)!
  return {
    kind: 'duration',
    label: 'a duration such as `250ms`, `30s`, `5m`, `1h` or `7d`',
    words: Object.keys(units),
    parse(value, argument) {
      const text = printValue(value)
      if (value.kind === 'number' && /^\d+$/.test(text)) {
        const message = `\`${argument}\` needs a unit: \`${text}\` could be seconds or milliseconds`
        return refuse({ code: 'PC2110', message, label: `write \`${text}s\` or \`${text}ms\`` })
      }
      const result = milliseconds(text)
      if (result === undefined) {
        const message = `\`${text}\` is not a duration`
        const meant = wholeOf(text)
        const label = `write ${meant === undefined ? '' : `\`${meant}\`: `}a whole number and \`ms\`, \`s\`, \`m\`, \`h\` or \`d\``
        return refuse({ code: 'PC2106', message, label })
      }
      if (result < 1 || result > maximum) {
        const message = `\`${argument}\` must be between \`1ms\` and \`${max}\``
        return refuse({ code: 'PC2111', message, label: `\`${text}\` is too ${result < 1 ? 'short' : 'long'}` })
      }
      return accept(result)
    },
    print: (value) => ({ kind: 'number', text: printDuration(value) }),
  }
}

/** `1.5h` in a smaller unit, in which it is whole. */
function wholeOf(text: string): DurationText | undefined {
  const [, count, unit] = /^(\d*\.\d+)(ms|s|m|h|d)$/.exec(text) ?? []
  const result = count === undefined ? Number.NaN : Number(count) * units[unit as DurationUnit]
  return Number.isInteger(result) && result > 0 ? printDuration(result) : undefined
}

/** In the largest unit that leaves a whole number. */
export function printDuration(value: number): DurationText {
  const unit = (['d', 'h', 'm', 's'] as const).find((name) => value > 0 && value % units[name] === 0) ?? 'ms'
  return `${value / units[unit]}${unit}`
}

export function milliseconds(text: string): number | undefined {
  const [, count, unit] = shape.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * units[unit as DurationUnit]
}
