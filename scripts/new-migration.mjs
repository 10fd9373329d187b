#!/usr/bin/env node
// Writes the first migration of prisma/schema.prisma, with no database and no download.
//
//   node scripts/new-migration.mjs <name>
import path from 'node:path'
import { reportAndFail, runNode } from './lib/run.mjs'
import { commands, root } from './lib/workspace.mjs'

async function main(name) {
  await runNode('compiling tools/servers', [commands.tsc, '-b', 'tools/servers'])
  const { writeFirstMigration } = await import('../tools/servers/dist/index.js')
  const migration = await writeFirstMigration({
    schemaPath: path.join(root, 'prisma/schema.prisma'),
    migrationsDir: path.join(root, 'prisma/migrations'),
    name,
  })
  if (migration.kind === 'written') return console.log(`Written: ${path.relative(root, migration.file)}`)
  console.log(
    `There are migrations already (the last is ${migration.last}), so the next one is a difference to a database:\n\n` +
      `  DATABASE_URL=postgresql://… npx prisma migrate dev --name ${name}\n`,
  )
}

const name = process.argv[2]
if (name) await main(name).catch(reportAndFail)
else {
  console.error('Give the migration a name: node scripts/new-migration.mjs <name>')
  process.exitCode = 1
}
