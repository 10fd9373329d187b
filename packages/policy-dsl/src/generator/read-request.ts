/** One line of the protocol between `prisma generate` and a generator. */
export interface GeneratorRequest {
  readonly id: number
  readonly method: string
  readonly params: unknown
}

/** Below this a request is read as it stands. */
const SMALL = 256 * 1024

/**
 * Reads one request. Prisma hands every generator its whole DMMF, of which `dmmf.schema`, the types of all arguments, is
 * more than nine tenths: 83 of 84 MB where a schema has 300 models. A policy needs none of it, and its bytes are never
 * made a string.
 *
 * @throws SyntaxError for what is not JSON
 */
export function readRequest(chunks: readonly Buffer[]): GeneratorRequest {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  return (length < SMALL ? undefined : readWithoutTypes(chunks)) ?? parse(Buffer.concat(chunks).toString('utf8'))
}

/**
 * Where they are in the text that `JSON.stringify` makes: inside of a string the quotes of these would be escaped, and
 * no other value of the head has such a key with an object behind it.
 */
const before = '},"schema":{'
const behind = ',"otherGenerators":['

/** Undefined where the request does not look as it does in Prisma 7: the whole of it is read then. */
function readWithoutTypes(chunks: readonly Buffer[]): GeneratorRequest | undefined {
  const head = headOf(chunks)
  const tail = tailOf(chunks)
  if (head === undefined || tail === undefined) return undefined
  try {
    const request = parse(`${head}}${tail}`)
    return isComplete(request) ? request : undefined
  } catch {
    return undefined
  }
}

/** Up to the end of `dmmf.datamodel`. */
function headOf(chunks: readonly Buffer[]): string | undefined {
  for (let count = 16; ; count *= 4) {
    const part = Buffer.concat(chunks.slice(0, count))
    const dmmf = part.indexOf('"dmmf":{"datamodel":{')
    const end = dmmf < 0 ? -1 : part.indexOf(before, dmmf)
    if (end >= 0) return part.toString('utf8', 0, end + 1)
    if (count >= chunks.length) return undefined
  }
}

/** What stands behind the DMMF. */
function tailOf(chunks: readonly Buffer[]): string | undefined {
  for (let count = 2; ; count *= 4) {
    const part = Buffer.concat(chunks.slice(-count))
    const start = part.lastIndexOf(behind)
    if (start >= 0) return part.toString('utf8', start)
    if (count >= chunks.length) return undefined
  }
}

function parse(text: string): GeneratorRequest {
  return JSON.parse(text) as GeneratorRequest
}

/** Has everything that a generator of policies asks of it. */
function isComplete({ id, method, params }: GeneratorRequest): boolean {
  const { generator, datasources, datamodel, schemaPath, dmmf } = params as Readonly<Record<string, unknown>>
  return (
    typeof id === 'number' &&
    method === 'generate' &&
    typeof datamodel === 'string' &&
    typeof schemaPath === 'string' &&
    Array.isArray(datasources) &&
    generator !== undefined &&
    Array.isArray((dmmf as { datamodel?: { models?: unknown } }).datamodel?.models)
  )
}
