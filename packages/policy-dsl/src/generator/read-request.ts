/** One line of the protocol between `prisma generate` and a generator. */
export interface GeneratorRequest {
  readonly id: number
  readonly method: string
  readonly params: unknown
}

/** Takes the bytes of one request as they come in. */
export interface RequestReader {
  /** Where the next bytes are to be written; never empty. */
  room(): Buffer
  /** So many bytes of `room` are the request's. */
  filled(length: number): void
  /**
   * The request, once all of it is there.
   *
   * @throws SyntaxError for what is not JSON
   */
  end(): GeneratorRequest
}

/** A request that is shorter is read as it stands, and what stands behind the DMMF is shorter. */
export const BLOCK = 512 * 1024

/**
 * Prisma hands every generator its whole DMMF, of which `dmmf.schema`, the types of all arguments, is more than nine tenths:
 * 83 of 84 MB where a schema has 300 models. A policy needs none of it. Once a request is seen to begin as Prisma 7 writes
 * it, two blocks take turns, and what they held before is gone; any other is kept and read whole.
 */
export function createRequestReader(): RequestReader {
  let blocks: Buffer[] = [Buffer.allocUnsafeSlow(BLOCK)]
  let used = 0
  let head: Head | undefined
  let lookAt = 1

  const nextBlock = () => {
    used = 0
    if (head === undefined && blocks.length === lookAt) {
      head = readHead(Buffer.concat(blocks))
      if (head) blocks = blocks.slice(-1)
      lookAt *= 2
    }
    blocks.push(head && blocks.length === 2 ? blocks.shift()! : Buffer.allocUnsafeSlow(BLOCK))
  }
  return {
    room() {
      if (used === BLOCK) nextBlock()
      return blocks.at(-1)!.subarray(used)
    },
    filled(length) {
      used += length
    },
    end() {
      const bytes = Buffer.concat(blocks, (blocks.length - 1) * BLOCK + used)
      return head ? withTail(head, bytes) : parse(bytes.toString('utf8'))
    },
  }
}

type Params = Readonly<Record<string, unknown>>

/** What stands before the types, closed where it was cut. */
interface Head {
  readonly method: 'generate'
  readonly params: Params
}

/**
 * Where the types are in the text that `JSON.stringify` makes: inside of a string the quotes of these would be escaped, and
 * no other value of the head has such a key with an object behind it.
 */
const before = '},"schema":{'
const behind = ',"otherGenerators":['

/** Undefined where the bytes do not look as they do in Prisma 7, or not enough of them are there. */
function readHead(bytes: Buffer): Head | undefined {
  const dmmf = bytes.indexOf('"dmmf":{"datamodel":{')
  const end = dmmf < 0 ? -1 : bytes.indexOf(before, dmmf)
  if (end < 0) return undefined
  try {
    const head = parse(`${bytes.toString('utf8', 0, end + 1)}}}}`)
    return isHead(head) ? head : undefined
  } catch {
    return undefined
  }
}

/** Has everything that is asked of it, and what is asked of the tail is still to come. */
function isHead(request: Pick<GeneratorRequest, 'method' | 'params'>): request is Head {
  const params = request.params as Params
  return (
    request.method === 'generate' &&
    typeof params.datamodel === 'string' &&
    params.generator !== undefined &&
    Array.isArray((params.dmmf as { datamodel?: { models?: unknown } }).datamodel?.models) &&
    !('otherGenerators' in params || 'schemaPath' in params)
  )
}

/** @throws Error where no tail of Prisma 7 is found: what stood before it is not there any more. */
function withTail(head: Head, bytes: Buffer): GeneratorRequest {
  const start = bytes.lastIndexOf(behind)
  const tail = start < 0 ? undefined : parse(`{"params":{${bytes.toString('utf8', start + 1)}`)
  const { schemaPath } = (tail?.params ?? {}) as Params
  if (tail === undefined || typeof schemaPath !== 'string') {
    throw new Error('`prisma generate` sends what this version does not know the end of: update prisma-cache')
  }
  return { ...head, id: tail.id, params: { ...head.params, ...(tail.params as Params) } }
}

function parse(text: string): GeneratorRequest {
  return JSON.parse(text) as GeneratorRequest
}
