import { createRequire } from 'node:module'
import os from 'node:os'

const require = createRequire(import.meta.url)

/** What the figures were taken on. */
export function machine(servers: readonly string[]): readonly string[] {
  const [cpu] = os.cpus()
  const version = (name: string) => `${name} ${(require(`${name}/package.json`) as { version: string }).version}`
  return [
    `${os.cpus().length} × ${cpu?.model}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, load ${os.loadavg()[0]!.toFixed(1)} at the start`,
    `Node ${process.version}, ${['@prisma/client', 'ioredis'].map(version).join(', ')}`,
    // A port says nothing, and differs from run to run.
    ...servers.map((line) => line.replace(/ on port \d+| \(.*\)/g, '')),
  ]
}
