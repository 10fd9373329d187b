import { defineConfig } from 'prisma/config'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Generating needs no database; a command that does names the missing URL itself.
  datasource: { url: process.env.DATABASE_URL ?? '' },
})
