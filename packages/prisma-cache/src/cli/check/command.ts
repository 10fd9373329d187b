import { type Command, schemaFlag } from '../command.js'

export const checkCommand: Command = {
  name: 'check',
  summary: 'check every annotation, and list policies, cascades and what no analysis can see',
  about: [],
  flags: [schemaFlag, { name: 'json', summary: 'the same as JSON' }],
  load: async () => (await import('./check.js')).check,
}
