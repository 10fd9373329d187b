import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'

/**
 * Stands in for a database where only a schema is worked on: the engine asks every adapter for the server's version
 * before it does anything, and asks nothing else for a diff that begins at nothing.
 */
export function noDatabase(): SqlMigrationAwareDriverAdapterFactory {
  const connect = async (): Promise<SqlDriverAdapter> => ADAPTER
  return { provider: 'postgres', adapterName: 'no-database', connect, connectToShadowDb: connect }
}

const VERSION: SqlResultSet = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
  rows: [[true, 'PostgreSQL 18.0', 180000]],
}

const refuse = async (): Promise<never> => {
  throw new Error('a schema was to be worked on without a database, and the engine asked for one')
}

const ADAPTER: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: 'no-database',
  queryRaw: async ({ sql }) => (sql.includes('version()') ? VERSION : refuse()),
  executeRaw: refuse,
  executeScript: refuse,
  startTransaction: refuse,
  getConnectionInfo: () => ({ supportsRelationJoins: true }),
  dispose: async () => {},
}
