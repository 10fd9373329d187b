import { structuredPatch } from 'diff'

/** A unified diff with three lines around each change; empty where nothing changed. */
export function showDiff(path: string, before: string, after: string): string {
  if (before === after) return ''
  const { hunks } = structuredPatch(path, path, before, after, undefined, undefined, { context: 3 })
  const lines = [`--- ${path}`, `+++ ${path}`]
  for (const hunk of hunks) {
    lines.push(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`)
    // A terminal would take the CR of a CRLF file for its own.
    lines.push(...hunk.lines.map((line) => line.replace(/\r$/, '').trimEnd()))
  }
  return lines.join('\n')
}
