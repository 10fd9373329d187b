import type { SourceFile, SourceLine } from '../diagnostics/source-file.js'
import type { Block, CommentGroup, CommentLine, CommentTarget, Member, SchemaOutline } from './schema-outline.js'
import { splitLine } from './split-line.js'

const blockHeader = /^(\s*)(\w+)(\s+)([^\s{]+)\s*\{/

/**
 * Reads the outline line by line, as Prisma's own grammar is built: a block opens at the end of a line, a field is a
 * line, `}` stands alone. Prisma has checked the schema before; on anything else this only has to end without throwing.
 */
export function readOutline(file: SourceFile): SchemaOutline {
  const blocks: Block[] = []
  const comments: CommentGroup[] = []
  let pending: CommentLine[] = []
  let open: OpenBlock | undefined
  let inBlockComment = false

  const attach = (target: CommentTarget, lines: readonly CommentLine[]) => {
    if (lines.length > 0) comments.push({ target, lines })
  }
  const release = (target: CommentTarget) => {
    attach(target, pending)
    pending = []
  }

  for (const line of file.lines) {
    const parts = splitLine(file.text, line, inBlockComment)
    inBlockComment = parts.endsInBlockComment
    const code = parts.code.trim()
    if (code === '') {
      pending.push(...parts.blocks, ...(parts.comment ? [parts.comment] : []))
      if (!parts.comment && !parts.touchesBlockComment) release({ kind: 'nothing' })
      continue
    }
    const trailing = [...parts.blocks, ...(parts.comment ? [parts.comment] : [])]
    if (open === undefined) {
      const header = readHeader(parts.code, line, file.text.length)
      if (header) {
        blocks.push(header)
        open = header
      }
      release(header ? { kind: 'block', block: header } : { kind: 'nothing' })
      // Behind `model X {` a comment belongs to nobody: Prisma drops it.
      attach({ kind: 'nothing' }, trailing)
    } else if (code.startsWith('}')) {
      release({ kind: 'nothing' })
      attach({ kind: 'nothing' }, trailing)
      open.span.end = line.end
      open = undefined
    } else {
      const start = line.start + parts.code.indexOf(code)
      const span = { start, end: start + code.length }
      const member = { name: /^[^\s(]+/.exec(code)?.[0] ?? code, text: code, span }
      open.members.push(member)
      const target = { kind: 'member', block: open, member } as const
      release(target)
      attach(target, trailing)
    }
  }
  release({ kind: 'nothing' })
  return { file, blocks, comments }
}

/** A block while its members are read. */
interface OpenBlock extends Block {
  readonly members: Member[]
  readonly span: { readonly start: number; end: number }
}

function readHeader(code: string, line: SourceLine, fileEnd: number): OpenBlock | undefined {
  const match = blockHeader.exec(code)
  if (!match) return undefined
  const [, indent = '', keyword = '', gap = '', name = ''] = match
  const start = line.start + indent.length + keyword.length + gap.length
  const nameSpan = { start, end: start + name.length }
  return { keyword, name, nameSpan, span: { start: line.start, end: fileEnd }, members: [] }
}
