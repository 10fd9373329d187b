/** Reads what a client sends to Redis, piece by piece, and tells the name of each command, in capitals. */
export function commandNames(told: (name: string) => void): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  /** Arguments of the command that are still to come; 0 between two commands. */
  let left = 0
  let isName = false

  /** @returns where it ends, undefined where it is not all there yet */
  function lineFrom(at: number): number | undefined {
    const end = rest.indexOf('\r\n', at)
    return end < 0 ? undefined : end
  }

  /** Takes one header, or one argument whole. @returns where the next begins */
  function take(at: number): number | undefined {
    const end = lineFrom(at)
    if (end === undefined) return undefined
    const count = Number(rest.toString('latin1', at + 1, end))
    if (rest[at] === ARRAY) {
      left = count
      isName = true
      return end + 2
    }
    if (rest[at] !== TEXT || left === 0) throw new Error(`no command: ${rest.toString('latin1', at, at + 40)}`)
    const next = end + 2 + count + 2
    if (next > rest.length) return undefined
    if (isName) told(rest.toString('latin1', end + 2, next - 2).toUpperCase())
    isName = false
    left--
    return next
  }

  return (piece) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    let at = 0
    for (let next = take(at); next !== undefined; next = at < rest.length ? take(at) : undefined) at = next
    rest = rest.subarray(at)
  }
}

const ARRAY = 0x2a
const TEXT = 0x24
