import type { PrismaClientExtends } from '@prisma/client/extension'
import type { Types } from '@prisma/client/runtime/client'
import { type PolicySet, parsePolicySet } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import { readModels } from '../planner/depends-on.js'
import { createModelIndex } from '../planner/model-index.js'
import { classify } from '../planner/operations.js'
import type { CacheFace } from './cache-face.js'
import { createEngine } from './create-engine.js'
import { openEarlyRoad } from './early-road.js'
import type { Engine, Operation } from './operation-context.js'
import { checkOptions, type PrismaCacheOptions } from './options.js'
import {
  clientOmitOf,
  emulatesRelations,
  modelNamesOf,
  type QueryHook,
  queryOf,
  transactionOf,
} from './prisma-internals.js'
import { runRead } from './run-read.js'
import { runTransaction } from './run-transaction.js'
import { runRaw, runUnknown, runWrite } from './run-write.js'

type Nothing = Record<never, never>

type Extended<P extends PolicySet> = PrismaClientExtends<
  Types.Extensions.InternalArgs<Nothing, Nothing, Nothing, { readonly $cache: CacheFace<P> }>
>

/**
 * The extension: `new PrismaClient({ adapter }).$extends(prismaCache({ policies, redis }))`. Every operation then
 * follows the policy of its model; types and results stay Prisma's own.
 *
 * @throws PrismaCacheError PC1003 for options that are not valid; when applied, PC1001 on a client that has it already
 * and PC1002 when policies and client know different models
 */
// biome-ignore lint/suspicious/noExplicitAny: the type that Prisma gives to every published extension
export function prismaCache<const P extends PolicySet>(options: PrismaCacheOptions<P>): (client: any) => Extended<P> {
  const checked = checkOptions(options)
  const policies = parsePolicySet(options.policies)
  return (client) => {
    checkClient(client, policies)
    const { engine, face, close } = createEngine<P>({
      options,
      checked,
      policies,
      index: createModelIndex(policies, clientOmitOf(client), emulatesRelations(client)),
      client,
    })
    const extended = client.$extends({
      name: 'prisma-cache',
      client: {
        $cache: face,
        $transaction(this: object, ...args: unknown[]) {
          return runTransaction(engine, client, this, args)
        },
        async $disconnect(this: object) {
          await close()
          await client.$disconnect.call(this)
        },
      },
      query: { $allOperations: (hook: QueryHook) => runOperation(engine, hook) },
    })
    openEarlyRoad(engine, client, extended)
    return extended
  }
}

async function runOperation(engine: Engine, hook: QueryHook): Promise<unknown> {
  const operation: Operation = {
    model: hook.model,
    operation: hook.operation,
    args: hook.args,
    transaction: transactionOf(hook),
    query: queryOf(hook),
  }
  try {
    return await runByKind(engine, operation)
  } catch (error) {
    // Postgres has given up the transaction with this statement. If its author goes on and commits all the same, it
    // rolls back, and nobody is told.
    if (operation.transaction.kind === 'interactive') {
      engine.transactions.get(operation.transaction.id)?.forgetRows()
    }
    throw error
  } finally {
    sawAnswer(engine, operation)
  }
}

async function runByKind(engine: Engine, operation: Operation): Promise<unknown> {
  if (operation.model === undefined) return await runRaw(engine, operation)
  const model = engine.index.get(operation.model)
  const kind = classify(operation.operation)
  if (!model || kind === 'unknown') return await runUnknown(engine, operation)
  return kind === 'read' ? await runRead(engine, model, operation) : await runWrite(engine, model, operation)
}

/** What a write or a raw statement answers tells of rows too. Reads say themselves what they have told. */
function sawAnswer({ index, horizon, session }: Engine, { model: name, operation, args }: Operation): void {
  if (!horizon || (name !== undefined && classify(operation) === 'read')) return
  const model = name === undefined ? undefined : index.get(name)
  const models = model && readModels(index, model, args)?.all
  horizon.saw(
    session(),
    models?.map((one) => one.name),
  )
}

function checkClient(client: object, policies: PolicySet): void {
  if ('$cache' in client) {
    throw new PrismaCacheError(
      'PC1001',
      'this client has prisma-cache already. Extend it once, where the client is made, and share that client; policies ' +
        'of two places are merged by `definePolicies`.',
    )
  }
  const models = modelNamesOf(client)
  if (!models) {
    throw new PrismaCacheError(
      'PC1003',
      'prismaCache is applied to something that is not a Prisma Client 7. Call `new PrismaClient({ adapter }).$extends(prismaCache(…))`.',
    )
  }
  const unknown = Object.keys(policies.models).filter((name) => !models.includes(name))
  const missing = models.filter((name) => !Object.hasOwn(policies.models, name))
  if (unknown.length === 0 && missing.length === 0) return
  throw new PrismaCacheError(
    'PC1002',
    `policies and client are not of one schema: ${[
      ...unknown.map((name) => `${name} has a policy but is no model of the client`),
      ...missing.map((name) => `${name} is a model of the client but not in the policies`),
    ].join('; ')}. Run \`prisma generate\`, which writes both, and check that both are imported from its output.`,
  )
}
