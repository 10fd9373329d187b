import { type Command, databaseFlag, queueFlags } from '../command.js'

export const workerCommand: Command = {
  name: 'worker',
  summary: 'run a flush worker, which brings accepted writes to Postgres, until it is stopped',
  about: ['It ends with SIGINT or SIGTERM, when what is in hand is finished.'],
  flags: [
    ...queueFlags,
    databaseFlag,
    { name: 'concurrency', value: '<n>', summary: 'shards flushed at a time; otherwise 8' },
  ],
  load: async () => (await import('./worker.js')).worker,
}

export const pendingCommand: Command = {
  name: 'pending',
  summary: 'show what is accepted and not yet in Postgres',
  about: [],
  word: '[<Model>]',
  flags: [...queueFlags, { name: 'json', summary: 'as JSON' }],
  load: async () => (await import('./pending.js')).pending,
}

export const flushCommand: Command = {
  name: 'flush',
  summary: 'wait until everything accepted so far is in Postgres; a flush worker must be running',
  about: [],
  word: '[<Model>]',
  flags: queueFlags,
  load: async () => (await import('./flush.js')).flush,
}

export const rejectedCommand: Command = {
  name: 'rejected',
  summary: 'list what Postgres refused; accept it once more, or drop it',
  about: [
    '  list [<Model>]            what was refused, with the values and what Postgres said',
    '  retry <Model> [<row>]     accepts it once more, on top of what Postgres has now',
    '  drop <Model> [<row>]      forgets it, here and as a failed job of the queue',
    '',
    'Without a row, retry and drop need --all.',
  ],
  word: 'list|retry|drop [<Model>] [<row>]',
  mostWords: 3,
  flags: [
    ...queueFlags,
    databaseFlag,
    { name: 'all', summary: 'every rejected write of the model' },
    { name: 'force', summary: 'retry also where the row was written since' },
    { name: 'json', summary: 'list as JSON' },
  ],
  load: async () => (await import('./rejected.js')).rejected,
}
