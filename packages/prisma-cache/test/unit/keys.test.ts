import { createKeys, SHARDS, shardOf } from '../../src/protocol/keys.js'
import { groupBySlot, slotTag } from '../../src/store/slots.js'

const keys = createKeys('ns')

test('the keys of one row and of its shard lie in one slot', () => {
  for (const row of ['1', 'a,b', 'brace{x}', '']) {
    const tag = keys.tag({ kind: 'row', model: 'User', row })
    const shard = keys.shard('User', shardOf(row))
    const all = [
      tag.version,
      tag.fence,
      keys.rowEntry('User', row, 'shape'),
      keys.pendingRow('User', row),
      keys.openChange('User', row),
      ...Object.values(shard),
    ]
    expect(new Set(all.map(slotTag))).toEqual(new Set([`User#${shardOf(row)}`]))
    expect(new Set(all).size).toBe(all.length)
  }
})

test('the rows of a model spread over its shards, and a table lies elsewhere', () => {
  const shards = new Set(Array.from({ length: 1000 }, (_, i) => shardOf(`row-${i}`)))
  expect(shards.size).toBe(SHARDS)
  const table = keys.tag({ kind: 'table', model: 'User' }).version
  const row = keys.tag({ kind: 'row', model: 'User', row: '1' }).version
  expect(groupBySlot(true, [table, row])).toEqual([[0], [1]])
  expect(groupBySlot(false, [table, row])).toEqual([[0, 1]])
})

test('the shard of a row never changes: what Redis holds depends on it', () => {
  expect(['1', 'abc', 'ÿ', '😀'].map(shardOf)).toEqual([0, 3, 2, 0])
})

test('the versions of a model, and no other key, begin with its prefixes', () => {
  const prefixed = (key: string, model: string) => keys.versionPrefixes(model).some((prefix) => key.startsWith(prefix))
  const versions = [
    keys.tag({ kind: 'table', model: 'User' }).version,
    keys.tag({ kind: 'wide', model: 'User' }).version,
    keys.tag({ kind: 'row', model: 'User', row: 'v:{User}' }).version,
    keys.tag({ kind: 'key', model: 'User', field: 'f', value: 'x' }).version,
    keys.tag({ kind: 'field', model: 'User', field: 'f' }).version,
    keys.fieldVersions('User'),
  ]
  expect(new Set(versions).size).toBe(versions.length)
  for (const key of versions) {
    expect(prefixed(key, 'User')).toBe(true)
    expect(prefixed(key, 'Use')).toBe(false)
    expect(prefixed(key, 'User2')).toBe(false)
  }
  const others = [
    keys.tag({ kind: 'row', model: 'User', row: 'v:{User}' }).fence,
    keys.rowEntry('User', 'v:{User}', 'shape'),
    keys.answerEntry('v:{User}', 'digest'),
    keys.pendingRow('User', '1'),
    keys.epoch,
    ...Object.values(keys.shard('User', 0)),
  ]
  for (const key of others) expect(prefixed(key, 'User')).toBe(false)
})
