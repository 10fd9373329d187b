import { type Command, schemaFlags } from '../command.js'

export const checkCommand: Command = {
  name: 'check',
  summary: 'check every annotation, and list policies, cascades and what no analysis can see',
  about: [],
  flags: [...schemaFlags, { name: 'json', summary: 'the same as JSON' }],
  load: async () => (await import('./check.js')).check,
}
