import type { Problem } from '../../diagnostics/problem.js'
import type { Block } from '../../syntax/schema-outline.js'
import { settingOf } from './read-settings.js'

/** Prisma's two names of it. */
const names = ['postgresql', 'postgres']

/** `generator` is the name of the one that makes policies, where there is one. */
export function checkDatabase(datasource: Block, generator: string | undefined): readonly Problem[] {
  const provider = settingOf(datasource, 'provider')
  if (provider?.value === undefined || names.includes(provider.value)) return []
  const message = `the database of \`${datasource.name}\` is ${provider.value}: prisma-cache works with PostgreSQL alone`
  const label =
    generator === undefined ? 'expected `postgresql`' : `leave the generator \`${generator}\` out of this schema`
  return [{ code: 'PC2402', span: provider.valueSpan, message, label }]
}
