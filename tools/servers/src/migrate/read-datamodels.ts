import fs from 'node:fs'
import path from 'node:path'
import { ServersError } from '../servers-error.js'
import type { Datamodels } from './schema-engine.js'

/** The schema file at `schemaPath`, or every `.prisma` file below it when it is a folder. */
export function readDatamodels(schemaPath: string): Datamodels {
  const files = schemaFiles(path.resolve(schemaPath))
  if (files.length > 0) return files.map((file) => [file, fs.readFileSync(file, 'utf8')] as const)
  throw new ServersError({
    code: 'PC5021',
    reason: `There is no Prisma schema at ${path.resolve(schemaPath)}`,
    nextStep: 'give the path of a .prisma file, or of a folder that holds some',
  })
}

function schemaFiles(place: string): readonly string[] {
  const stat = fs.statSync(place, { throwIfNoEntry: false })
  if (!stat) return []
  if (stat.isFile()) return [place]
  const names = fs.readdirSync(place, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => path.join(place, name))
}
