import { makeTypedQueryFactory, raw, sqltag } from '@prisma/client/runtime/client'
import { rawText } from '../../src/planner/raw-text.js'

test.each<[string, unknown, string | undefined]>([
  [
    '$queryRaw`…`',
    sqltag`select ${1}, ${raw('a')} where ${2} in (${sqltag`select ${3}`})`,
    'select $1, a where $2 in (select $3)',
  ],
  ['$queryRawUnsafe(text, …)', ['select $1', 1], 'select $1'],
  ['$queryRawTyped(…)', makeTypedQueryFactory('select $1')(1), 'select $1'],
  ['an object of another kind', { statement: 'select 1' }, undefined],
  ['no text', [7], undefined],
  ['nothing', undefined, undefined],
  ['null', null, undefined],
])('%s', (_form, args, text) => expect(rawText(args)).toBe(text))
