import { type Command, databaseFlag, queueFlags } from '../command.js'

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'look whether Redis, Postgres and the workers can keep what the policies promise',
  about: [
    'Eviction, append-only file, WAITAOF, replicas, the ledger, columns of the tables, flush workers, what is pending and',
    'what was rejected. It changes nothing, and exits with 1 where a promise is not kept.',
  ],
  flags: [...queueFlags, databaseFlag, { name: 'json', summary: 'as JSON' }],
  load: async () => (await import('./doctor.js')).doctor,
}
