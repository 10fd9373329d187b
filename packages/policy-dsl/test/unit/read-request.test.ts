import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { type GeneratorRequest, readRequest } from '../../src/generator/read-request.js'
import { getDmmf } from '../support/get-dmmf.js'
import { largeSchema } from '../support/large-schema.js'

/** Comments that look like the places at which a request is cut. */
const traps = ['"dmmf":{"datamodel":{', '},"schema":{', ',"otherGenerators":[', '"},"schema":{"', 'ü😀 \\ "']

const { files } = largeSchema(12)
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

function cut(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
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
  expect(text.length).toBeGreaterThan(1_000_000)
  fc.assert(
    fc.property(fc.integer({ min: 4_000, max: 400_000 }), (size) => {
      expectSame(readRequest(cut(text, size)), withoutTypes(request))
    }),
    { numRuns: 10 },
  )
})

test('the bytes of the types are not looked at', () => {
  const text = JSON.stringify(request)
  const start = text.indexOf('},"schema":{"inputObjectTypes"')
  const end = text.lastIndexOf(',"otherGenerators":[{')
  const garbled = `${text.slice(0, start)}},"schema":{${'?'.repeat(end - start)}${text.slice(end)}`
  expectSame(readRequest(cut(garbled, 65_536)), withoutTypes(request))
})

test.each<[string, (params: typeof request.params) => object]>([
  ['other keys behind the DMMF', ({ otherGenerators, ...params }) => ({ ...params, generators: otherGenerators })],
  ['the path before the DMMF', ({ schemaPath, dmmf, ...params }) => ({ schemaPath, ...params, dmmf })],
  ['the path before the generators', ({ otherGenerators, ...params }) => ({ ...params, otherGenerators })],
  [
    'the types before the model',
    ({ dmmf, ...params }) => ({
      ...params,
      dmmf: { schema: dmmf.schema, datamodel: dmmf.datamodel },
    }),
  ],
])('a request of another order is read whole: %s', (_, change) => {
  const changed = { ...request, params: change(request.params) }
  expectSame(readRequest(cut(JSON.stringify(changed), 65_536)), changed)
})

test('a short request is read whole', () => {
  const short = { jsonrpc: '2.0', method: 'getManifest', params: generator, id: 1 }
  expect(readRequest([Buffer.from(JSON.stringify(short))])).toEqual(short)
})
