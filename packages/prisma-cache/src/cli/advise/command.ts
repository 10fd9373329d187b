import { type Command, schemaFlags } from '../command.js'
import { questions } from './tree.js'

export const adviseCommand: Command = {
  name: 'advise',
  summary: 'choose a strategy by a few answers, with reasons and the change to the schema',
  about: ['Asks at a terminal what no flag answers. Without a model, the advice is general and no change is shown.'],
  word: '[<Model>]',
  flags: [
    ...schemaFlags,
    ...questions.map(({ flag, text, choices }) => ({
      name: flag,
      value: `<${flag}>`,
      choices: choices.map(({ value }) => value),
      summary: text,
    })),
  ],
  load: async () => (await import('./advise.js')).advise,
}
