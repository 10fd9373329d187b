import { CliError } from '../cli-error.js'
import { type CommandLine, textFlag } from '../command.js'
import type { Prompts } from '../io.js'
import { listed } from '../text/words.js'
import { decide, type Facts } from './decide.js'
import { type Answers, type Asked, type LeafName, questions } from './tree.js'

export interface Decided {
  readonly leaf: LeafName
  /** Only what the way down the tree depended on, or what was given beyond it. */
  readonly answers: Partial<Answers>
}

export function answersOf(line: CommandLine): Partial<Answers> {
  const given = questions.map(({ name, flag }) => [name, textFlag(line, flag)] as const)
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

/**
 * Asks what the tree needs to know, in its order, and nothing else.
 *
 * @returns undefined when the person cancelled
 * @throws CliError PC6003 where nobody is at a terminal
 */
export async function askForLeaf(
  given: Partial<Answers>,
  facts: Facts,
  ask: Prompts | undefined,
): Promise<Decided | undefined> {
  let answers = given
  for (;;) {
    const decision = decide(answers, facts)
    if (decision.kind === 'leaf') return { leaf: decision.leaf, answers }
    if (ask === undefined) throw missing(decision.missing)
    const { name, text, choices } = questions.find((question) => question.name === decision.missing[0])!
    const message = text.charAt(0).toUpperCase() + text.slice(1)
    const answer = await ask.select(
      message,
      choices.map(({ value, text: label }) => ({ value, label })),
    )
    if (answer === undefined) return undefined
    answers = { ...answers, [name]: answer }
  }
}

function missing(asked: readonly Asked[]): CliError {
  const [next, ...later] = asked.map((name) => questions.find((question) => question.name === name)!)
  const message = `\`--${next!.flag}\` is missing, and there is no terminal to ask at: ${next!.text}`
  const values = (flag: string, choices: readonly { readonly value: string }[]) =>
    `\`--${flag} ${choices.map(({ value }) => value).join('|')}\``
  const also = later.map(({ flag }) => `\`--${flag}\``)
  const more = also.length === 0 ? '' : `; depending on it, also ${listed(also)}`
  return new CliError('PC6003', message, `pass ${values(next!.flag, next!.choices)}${more}`)
}
