import { type Command, schemaFlags } from '../command.js'

export const explainCommand: Command = {
  name: 'explain',
  summary: 'explain the policy of a model, and what its reads and writes depend on and reach',
  about: [],
  word: '<Model>',
  flags: schemaFlags,
  load: async () => (await import('./explain.js')).explain,
}
