import type { PolicySet } from 'prisma-cache'
import type { Args, Call } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import { fieldItem } from './values.js'

/**
 * A question as somebody asks it who knows the policies: it leaves out fields that never leave Postgres, and names the
 * scope of what it asks for. Others are answered by Postgres alone, and show less.
 */
export function heed(context: Context, policies: PolicySet, call: Call): Call {
  const args = heedArgs(context, policies, context.models.get(call.model), call.args, call.operation.startsWith('find'))
  return args === call.args ? call : { ...call, args }
}

function heedArgs(context: Context, policies: PolicySet, model: Model, args: Args, selects: boolean): Args {
  const { omit = [], scope = [] } = policies.models[model.name]?.fieldPolicies ?? {}
  const selection = (args.select ?? args.include) as Args | undefined
  if (omit.length === 0 && scope.length === 0 && !selection) return args
  const heeded: Args = { ...args }
  if (scope.length > 0) {
    const pins = scope.map((name) => [name, fieldItem(context, model, model.field(name))] as const)
    heeded.where = { ...(args.where as Args | undefined), ...Object.fromEntries(pins) }
  }
  if (selects && omit.length > 0) leaveOut(heeded, omit)
  for (const word of ['select', 'include']) {
    if (heeded[word]) heeded[word] = heedSelection(context, policies, model, heeded[word] as Args)
  }
  return heeded
}

function leaveOut(args: Args, omit: readonly string[]): void {
  if (!args.select) {
    args.omit = { ...(args.omit as Args | undefined), ...Object.fromEntries(omit.map((name) => [name, true])) }
    return
  }
  const kept = Object.entries(args.select as Args).filter(([name]) => !omit.includes(name))
  if (kept.some(([, value]) => value !== false)) args.select = Object.fromEntries(kept)
}

function heedSelection(context: Context, policies: PolicySet, model: Model, selection: Args): Args {
  return Object.fromEntries(
    Object.entries(selection).map(([name, value]) => {
      const relation = model.relations.find((one) => one.name === name)
      if (!relation || value === false) return [name, value]
      const other = context.models.get(relation.model)
      const own = value === true ? {} : (value as Args)
      const heeded = heedArgs(context, policies, other, own, true)
      // Of a relation to one row nothing can be asked.
      const { where, ...rest } = heeded
      const asked = relation.list || own.where !== undefined ? heeded : rest
      return [name, Object.keys(asked).length === 0 ? true : asked]
    }),
  )
}
