import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { BLOCK, createRequestReader, type GeneratorRequest } from '../../src/generator/read-request.js'
import { getDmmf } from '../support/get-dmmf.js'
import { largeSchema } from '../support/large-schema.js'

/** Comments that look like the places at which a request is cut. */
const traps = ['"dmmf":{"datamodel":{', '},"schema":{', ',"otherGenerators":[', '"},"schema":{"', 'ü😀 \\ "']

const { files } = largeSchema(24)
const marked = files.map(({ path, text }) => ({
  path,
  text: text.replace(/^model /m, `${traps.map((trap) => `/// ${trap}\n`).join('')}model `),
}))
const dmmf = getDmmf(marked)
const generator = {
  name: 'cache',
  config: { otherGenerators: ['x'], note: traps.join(' ') },
  output: { value: '/out' },
}

/** As Prisma 7.10 puts it together. */
const request = {
  jsonrpc: '2.0',
  method: 'generate',
  params: {
    datamodel: marked.map(({ text }) => text).join('\n'),
    datasources: [{ name: 'db', activeProvider: 'postgresql' }],
    generator,
    dmmf,
    otherGenerators: [generator, { name: 'client', config: {} }],
    schemaPath: '/prisma/schema',
    version: '7',
    allowNoModels: true,
  },
  id: 7,
}

/** Hands the bytes over as they come from a pipe: never more than there is room for. */
function read(text: string, size = 65_536): GeneratorRequest {
  const reader = createRequestReader()
  feed(reader, Buffer.from(text), size)
  return reader.end()
}

function feed(reader: ReturnType<typeof createRequestReader>, bytes: Buffer, size: number): void {
  for (let rest = bytes; rest.length > 0; ) {
    const length = rest.subarray(0, size).copy(reader.room())
    reader.filled(length)
    rest = rest.subarray(length)
  }
}

const withoutTypes = (one: object) => {
  const { params, ...rest } = one as GeneratorRequest & { readonly params: typeof request.params }
  return { ...rest, params: { ...params, dmmf: { datamodel: params.dmmf.datamodel } } }
}

/** Not `toEqual`, which takes seconds for megabytes. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(isDeepStrictEqual(actual, expected)).toBe(true)
}

test('a request is read as it was sent, but for the types of all arguments, wherever its bytes are cut', () => {
  const text = JSON.stringify(request)
  expect(text.length).toBeGreaterThan(4 * BLOCK)
  fc.assert(
    fc.property(fc.integer({ min: 4_000, max: 2 * BLOCK }), (size) => {
      expectSame(read(text, size), withoutTypes(request))
    }),
    { numRuns: 10 },
  )
})

test('the bytes of the types are not looked at', () => {
  const text = JSON.stringify(request)
  const start = text.indexOf('},"schema":{"inputObjectTypes"')
  const end = text.lastIndexOf(',"otherGenerators":[{')
  const garbled = `${text.slice(0, start)}},"schema":{${'?'.repeat(end - start)}${text.slice(end)}`
  expectSame(read(garbled), withoutTypes(request))
})

test.each<[string, (params: typeof request.params) => object]>([
  ['the path before the DMMF', ({ schemaPath, dmmf, ...params }) => ({ schemaPath, ...params, dmmf })],
  ['the generators before the DMMF', ({ otherGenerators, dmmf, ...params }) => ({ otherGenerators, ...params, dmmf })],
  [
    'the types before the model',
    ({ dmmf, ...params }) => ({
      ...params,
      dmmf: { schema: dmmf.schema, datamodel: dmmf.datamodel },
    }),
  ],
])('a request of another order is read whole: %s', (_, change) => {
  const changed = { ...request, params: change(request.params) }
  expectSame(read(JSON.stringify(changed)), changed)
})

test('a short request is read whole', () => {
  const short = { jsonrpc: '2.0', method: 'getManifest', params: generator, id: 1 }
  expect(read(JSON.stringify(short))).toEqual(short)
})

test('behind the begin of a request of Prisma 7 no more than two blocks are kept, however much there is', () => {
  const text = JSON.stringify(request)
  const start = text.indexOf('},"schema":{"inputObjectTypes"') + '},"schema":{'.length
  const reader = createRequestReader()
  feed(reader, Buffer.from(text.slice(0, start)), 65_536)
  feed(reader, Buffer.alloc(3 * BLOCK, '?'), 65_536)
  const blocks = new Set<ArrayBufferLike>()
  for (let i = 0; i < 200; i++) {
    blocks.add(reader.room().buffer)
    feed(reader, Buffer.alloc(BLOCK, '?'), 65_536)
  }
  expect(blocks.size).toBe(2)
  feed(reader, Buffer.from(text.slice(text.lastIndexOf(',"otherGenerators":[{'))), 65_536)
  expectSame(reader.end(), withoutTypes(request))
})

test('where that request then ends in a way that Prisma 7 has not, it says so and invents nothing', () => {
  const { otherGenerators, ...params } = request.params
  const changed = JSON.stringify({ ...request, params: { ...params, generators: otherGenerators } })
  expect(() => read(changed)).toThrow('does not know the end of: update prisma-cache')
})
