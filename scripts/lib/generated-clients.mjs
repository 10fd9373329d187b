import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { runNode } from './run.mjs'
import { cache, commands, root } from './workspace.mjs'

/** Schemas whose generated code this workspace compiles. */
const SCHEMAS = [
  'benchmarks/prisma/schema.prisma',
  'prisma/schema.prisma',
  'packages/prisma-cache/test/prisma/schema.prisma',
  'packages/prisma-cache/test/prisma-emulated/schema.prisma',
  'tools/chaos/prisma/registers.prisma',
  'tools/fuzz/prisma/schema.prisma',
  'tools/fuzz/prisma/types/schema.prisma',
  'tools/fuzz/prisma/tree/schema.prisma',
  'tools/fuzz/prisma/emulated/schema.prisma',
  'tools/chaos/prisma/write-behind.prisma',
]

/** What the generators are made of: with any of it, what they write may change. */
const GENERATORS = [
  'packages/policy-dsl/dist',
  'packages/prisma-cache/bin',
  'node_modules/prisma/package.json',
  'scripts/lib/generated-clients.mjs',
]

/**
 * Runs `prisma generate` for each schema whose text, generators or output changed since the last time.
 *
 * @param {{ quiet: boolean, log: (line: string) => void }} options
 */
export async function generateClients({ quiet, log }) {
  linkGenerator()
  for (const schema of SCHEMAS.filter((file) => fs.existsSync(path.join(root, file)))) {
    const stamp = path.join(cache, `generated-${schema.replace(/\W+/g, '-')}.sha256`)
    if (isCurrent(schema, stamp)) continue
    log(`prisma generate (${schema})`)
    await runNode(`prisma generate of ${schema}`, [commands.prisma, 'generate', '--no-hints', '--schema', schema], {
      quiet,
      env: {
        // Generating needs no native engine, and yet the command downloads one unless it is given a file that exists.
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        CHECKPOINT_DISABLE: '1',
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        // The command notes when it was first used; not in the user's home for our sake.
        XDG_CONFIG_HOME: cache,
        // Where linkGenerator puts the generator.
        PATH: [path.join(root, 'node_modules/.bin'), process.env.PATH].filter(Boolean).join(path.delimiter),
      },
    })
    fs.mkdirSync(cache, { recursive: true })
    fs.writeFileSync(stamp, fingerprint(schema))
  }
}

/**
 * Prisma starts a generator by its command's name, and the package manager links that only when the file was there at
 * install time. The same launcher as it writes, for a checkout where the file came later.
 */
function linkGenerator() {
  const link = path.join(root, 'node_modules/.bin/prisma-cache-generator')
  const target = '../../packages/prisma-cache/bin/prisma-cache-generator.js'
  if (fs.existsSync(link) || !fs.existsSync(path.resolve(path.dirname(link), target))) return
  fs.writeFileSync(link, `#!/bin/sh\nexec node "$(dirname "$0")/${target}" "$@"\n`, { mode: 0o755 })
}

function isCurrent(schema, stamp) {
  const made = outputs(schema).every((folder) => fs.existsSync(folder))
  return made && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === fingerprint(schema)
}

/** Of everything that decides about the output, and of the output itself: a deleted or edited file is made anew. */
function fingerprint(schema) {
  const inputs = [schema, ...GENERATORS].map((place) => path.join(root, place))
  const hash = crypto.createHash('sha256').update(process.version)
  for (const file of [...inputs, ...outputs(schema)].flatMap(filesBelow)) {
    hash.update(`\0${path.relative(root, file)}\0`).update(fs.readFileSync(file))
  }
  return hash.digest('hex')
}

/** The folders that the schema's generators write. */
function outputs(schema) {
  const file = path.join(root, schema)
  const blocks = fs.readFileSync(file, 'utf8').matchAll(/^generator\s+\w+\s*\{[^}]*?^\s*output\s*=\s*"([^"]+)"/gms)
  return [...blocks].map(([, output]) => path.resolve(path.dirname(file), output))
}

function filesBelow(place) {
  const stat = fs.statSync(place, { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isFile()) return [place]
  return fs
    .readdirSync(place)
    .sort()
    .filter((name) => !name.endsWith('.tsbuildinfo'))
    .flatMap((name) => filesBelow(path.join(place, name)))
}
