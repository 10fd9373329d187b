import type { ModelEntry, ReferentialAction } from '@prisma-cache/policy-dsl'
import * as fc from 'fast-check'
import { cascadeText } from '../../src/cli/check/cascade-text.js'
import { traceCascades } from '../../src/cli/check/trace-cascades.js'
import { createModelIndex } from '../../src/planner/model-index.js'
import { modelEntry, policySet } from './planner-fixtures.js'

interface Reference {
  readonly to: string
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly key?: string
}

const references = (...all: readonly Reference[]) =>
  all.map(({ to, onDelete = 'Restrict', onUpdate = 'NoAction', key = 'id' }, i) => ({
    name: `r${i}`,
    model: to,
    from: [`${to.toLowerCase()}Id`],
    to: [key],
    onDelete,
    onUpdate,
  }))

const none = { strategy: 'none' } as const
const texts = (...entries: readonly ModelEntry[]) => traceCascades(policySet(...entries)).map(cascadeText)

test('deletes over several steps, and the keys that they set', () => {
  const entries = [
    modelEntry('Customer', { id: 'Int' }),
    modelEntry('Account', { id: 'Int' }, references({ to: 'Customer', onDelete: 'Cascade' })),
    modelEntry('Card', { id: 'Int' }, references({ to: 'Account', onDelete: 'Cascade' })),
    modelEntry('Transfer', { id: 'Int' }, references({ to: 'Account', onDelete: 'SetNull' })),
    modelEntry('Log', { id: 'Int' }, references({ to: 'Customer', onDelete: 'SetDefault' })),
  ]
  expect(texts(...entries)).toEqual([
    'deleting Customer deletes Account and Card, sets Transfer.accountId to NULL and sets Log.customerId to the default',
    'deleting Account deletes Card and sets Transfer.accountId to NULL',
  ])
})

test('of very many names the first are told, and how many there are besides', () => {
  const children = Array.from({ length: 15 }, (_, n) =>
    modelEntry(`C${n}`, { id: 'Int' }, references({ to: 'A', onDelete: 'Cascade' })),
  )
  const [text] = texts(modelEntry('A', { id: 'Int' }), ...children)
  expect(text).toBe('deleting A deletes C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11 and 3 more')
})

test('a changed key is followed where the key that follows is referenced in turn', () => {
  const entries = [
    modelEntry('A', { id: 'Int' }),
    modelEntry('B', { aId: 'Int' }, references({ to: 'A', onUpdate: 'Cascade' })),
    modelEntry('C', { id: 'Int' }, references({ to: 'B', onUpdate: 'Cascade', key: 'aId' })),
    modelEntry('D', { id: 'Int' }, references({ to: 'B', onUpdate: 'Cascade', key: 'other' })),
  ]
  expect(texts(...entries)).toEqual([
    'changing a key of A changes B.aId and C.bId',
    'changing a key of B changes C.bId and D.bId',
  ])
})

test('a chain of hundreds of models is traced in the time that its answer takes', () => {
  const length = 500
  const chain = Array.from({ length }, (_, n) =>
    modelEntry(
      `M${n}`,
      { id: 'Int' },
      n === 0 ? [] : references({ to: `M${n - 1}`, onDelete: 'Cascade', onUpdate: 'Cascade' }),
    ),
  )
  const policies = policySet(...chain)
  const before = process.cpuUsage()
  const cascades = traceCascades(policies)
  const { user, system } = process.cpuUsage(before)
  expect(cascades[0]).toMatchObject({ model: 'M0', on: 'delete' })
  expect(cascades[0]?.deletes).toHaveLength(length - 1)
  // It was 11 s of the processor while every step looked at every model; now it is 0.03 s.
  expect((user + system) / 1_000).toBeLessThan(1_500)
})

test('cascades among models that are not cached are nobody’s business, those into a cached one are', () => {
  const child = (cached: boolean) =>
    modelEntry('B', { id: 'Int' }, references({ to: 'A', onDelete: 'Cascade' }), cached ? undefined : none)
  expect(texts(modelEntry('A', { id: 'Int' }, [], none), child(false))).toEqual([])
  expect(texts(modelEntry('A', { id: 'Int' }, [], none), child(true))).toEqual(['deleting A deletes B'])
})

test('whatever is listed is also what the planner follows', () => {
  const names = ['A', 'B', 'C', 'D']
  const action = fc.constantFrom<ReferentialAction>('Cascade', 'Restrict', 'NoAction', 'SetNull', 'SetDefault')
  const reference = fc.record({ to: fc.constantFrom(...names), onDelete: action, onUpdate: action })
  const schema = fc.tuple(...names.map(() => fc.array(reference, { maxLength: 3 })))
  fc.assert(
    fc.property(schema, (all) => {
      const policies = policySet(...names.map((name, i) => modelEntry(name, { id: 'Int' }, references(...all[i]!))))
      const index = createModelIndex(policies)
      for (const { model, deletes, sets } of traceCascades(policies)) {
        const reached = [...deletes, ...sets.map((set) => set.model)]
        expect(index.get(model)?.cascades).toEqual(expect.arrayContaining(reached))
      }
    }),
  )
})
