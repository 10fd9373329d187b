import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CliProject, createCliProject } from './support/cli-project.js'

const page = join(import.meta.dirname, '../../../../docs/cli.md')

/**
 * `docs/cli.md` is a session: its `prisma` blocks are the schema from there on, its `console` blocks what is typed and
 * what comes back. UPDATE_DOCS=1 writes what comes back into the page.
 */
test('docs/cli.md shows what the command prints', () => {
  const text = readFileSync(page, 'utf8')
  const project = createCliProject()
  process.env.REDIS_URL = process.env.TEST_REDIS_URL!
  let blocks = 0
  try {
    const played = text.replace(/^```(prisma|console)\n([\s\S]*?)^```$/gm, (whole, kind: string, content: string) => {
      if (kind === 'prisma') {
        project.write('prisma/schema.prisma', content)
        return whole
      }
      blocks++
      return `\`\`\`console\n${play(project, content)}\`\`\``
    })
    if (process.env.UPDATE_DOCS) writeFileSync(page, played)
    else expect(text).toBe(played)
    expect(blocks).toBe(6)
  } finally {
    project.remove()
  }
})

function play(project: CliProject, content: string): string {
  let code: number | null = 0
  const typed = content.split('\n').filter((line) => line.startsWith('$ '))
  return typed
    .map((line) => {
      if (line === '$ echo $?') return `${line}\n${code}\n`
      const [, args] = /^\$ npx prisma-cache(.*)$/.exec(line) ?? []
      if (args === undefined) throw new Error(`docs/cli.md types something else: ${line}`)
      const result = project.run(...args.trim().split(' '))
      code = result.code
      return `${line}\n${result.out}${result.err}`
    })
    .join('')
}
