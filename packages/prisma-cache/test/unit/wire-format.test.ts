import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Decimal } from '@prisma/client/runtime/client'
import type { ScalarField } from '@prisma-cache/policy-dsl'
import { decodeAnswer, encodeAnswer } from '../../src/protocol/answer-codec.js'
import {
  headEnd,
  leaseMark,
  openEntry,
  openMark,
  rowEntryAround,
  stampLine,
  unkeptMark,
} from '../../src/protocol/entry.js'
import { createKeys, ENTRY_FORMAT } from '../../src/protocol/keys.js'
import { createRowCodec } from '../../src/protocol/row-codec.js'
import { tagName } from '../../src/protocol/tag.js'

/**
 * What lies in Redis of a deployed release, as files. A change of entries needs a new ENTRY_FORMAT, and a file of its own
 * beside the old ones; one of `shared.json` is read and written by two releases at once while a deployment rolls, and can
 * only be made in steps.
 */
const stored = (name: string) => JSON.parse(readFileSync(path.join(import.meta.dirname, 'wire-format', name), 'utf8'))

const TYPES = ['String', 'Enum', 'Boolean', 'Int', 'BigInt', 'Float', 'Decimal', 'DateTime', 'Json', 'Bytes'] as const
const fields = TYPES.flatMap((type): ScalarField[] =>
  [false, true].map((list) => ({
    name: `${list ? 'many' : 'one'}${type}`,
    dbName: type,
    type,
    list,
    nullable: true,
    updatedAt: false,
  })),
)
const ONE: Partial<Record<ScalarField['type'], unknown>> = {
  String: 'a"\u00e9\u2028',
  Enum: 'A',
  Boolean: true,
  Int: -1,
  BigInt: 9007199254740993n,
  Float: -0,
  Decimal: new Decimal('1.50'),
  DateTime: new Date(86_400_000),
  Json: { $d: null, n: [-0.5] },
  Bytes: new Uint8Array([255, 0]),
}
const full = Object.fromEntries(fields.map(({ name, type, list }) => [name, list ? [ONE[type], ONE[type]] : ONE[type]]))
const empty = Object.fromEntries(fields.map(({ name, list }) => [name, list ? [] : null]))
const codec = createRowCodec(fields)
const keys = createKeys('ns')
const line = stampLine({ epoch: 'e1', versions: ['10.a', '20.b'] })

test('entries', () => {
  const around = rowEntryAround('e1', '20.b', 600_000, codec.encode(full))
  const texts = {
    rowKey: keys.rowEntry('User', 'a,b', 'shape'),
    answerKey: keys.answerEntry('User', 'digest'),
    row: `${line}${headEnd(600_000, codec.encode(full))}${codec.encode(full)}`,
    put: `${around.before}10.a${around.after}`,
    emptyRow: codec.encode(empty),
    learned: `${line}${headEnd(600_000, 'null', { ttlMs: 5000, changes: 1.5, ms: 90_000 })}null`,
    answer: encodeAnswer([{ ...full, _count: { posts: 2 } }, null, Number.NaN]),
    lease: leaseMark('holder', line),
    unkept: unkeptMark(line),
  }
  expect(texts).toEqual(stored(`entries-${ENTRY_FORMAT}.json`))
})

test('what is stored is read back', () => {
  const { row, put, emptyRow, learned, answer, lease, unkept } = stored(`entries-${ENTRY_FORMAT}.json`)
  for (const text of [row, put]) {
    const open = openEntry(text, line)!
    expect(open.lifeMs).toBe(600_000)
    expect(codec.decode(open.text)).toEqual(full)
  }
  expect(codec.decode(emptyRow)).toEqual(empty)
  expect(openEntry(learned, line)).toMatchObject({ text: 'null', learned: { ttlMs: 5000, changes: 1.5, ms: 90_000 } })
  expect(decodeAnswer(answer)).toEqual([{ ...full, _count: { posts: 2 } }, null, Number.NaN])
  expect([openMark(lease, line), openMark(unkept, line)]).toEqual(['loading', 'unkept'])
})

test('what two releases share: names of tags, keys of versions, of fences, and of what is pending', () => {
  const tags = [
    { kind: 'table', model: 'User' },
    { kind: 'wide', model: 'User' },
    { kind: 'row', model: 'User', row: 'a,b' },
    { kind: 'key', model: 'User', field: 'name.0a1b2c', value: '=x' },
    { kind: 'field', model: 'User', field: 'name.0a1b2c' },
  ] as const
  const shared = {
    tags: tags.map((tag) => [tagName(tag), keys.tag(tag)]),
    fieldVersions: keys.fieldVersions('User'),
    epoch: keys.epoch,
    quarantine: keys.quarantine,
    queueEpoch: keys.queueEpoch,
    shard: keys.shard('User', 3),
    pendingRow: keys.pendingRow('User', 'a,b'),
    openChange: keys.openChange('User', 'a,b'),
  }
  expect(shared).toEqual(stored('shared.json'))
})
