import { isAbsolute } from 'node:path'
import { structuredPatch } from 'diff'

/**
 * A unified diff with three lines around each change, which `git apply` and `patch -p1` take as it is printed; empty where
 * nothing changed.
 */
export function showDiff(path: string, before: string, after: string): string {
  if (before === after) return ''
  const { hunks } = structuredPatch(path, path, before, after, undefined, undefined, { context: 3 })
  const lines = [`--- ${named('a', path)}`, `+++ ${named('b', path)}`]
  for (const hunk of hunks) {
    lines.push(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`)
    // An empty line around a change may do without its blank; any other is what the file has, its CR and blanks as well.
    lines.push(...hunk.lines.map((line) => (line === ' ' ? '' : line)))
  }
  return lines.join('\n')
}

function named(side: 'a' | 'b', path: string): string {
  return isAbsolute(path) ? path : `${side}/${path}`
}
