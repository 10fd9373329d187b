import type { Redis } from 'ioredis'

/** Counts what is sent over a connection: the commands, and how often somebody waited for an answer. */
export function countOps(redis: Redis) {
  let commands: string[] = []
  let trips = 0
  let underway = 0
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, ...rest) => {
    commands.push(command.name.toLowerCase())
    if (underway++ === 0) trips++
    const end = () => void underway--
    command.promise.then(end, end)
    return send(command, ...rest)
  }
  return {
    /** Since the last call. A trip is one round trip, however many commands were under way in it. */
    take() {
      const taken = { trips, commands }
      trips = 0
      commands = []
      return taken
    },
  }
}
