import { type Command, schemaFlags } from '../command.js'

export const initCommand: Command = {
  name: 'init',
  summary: 'add the generator, and the ledger of write-behind models, to the schema',
  about: ['Shows what it adds and asks. It changes nothing else, and a second run finds nothing to do.'],
  flags: [
    ...schemaFlags,
    { name: 'write-behind', summary: 'add the model PrismaCacheLedger, which `@cache.writeBehind` needs' },
    { name: 'yes', summary: 'write without asking' },
    { name: 'dry-run', summary: 'only show what would be added' },
  ],
  load: async () => (await import('./init.js')).init,
}
