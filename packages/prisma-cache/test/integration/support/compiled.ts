import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { transform } from '@swc/core'

const generated = path.resolve(import.meta.dirname, '../../prisma/generated')

/** Compiles the generated client and policies for children, which have no TypeScript. @returns the folder */
export async function compileGenerated(name: string): Promise<string> {
  const target = path.resolve(import.meta.dirname, '../../generated', name)
  const files = await readdir(generated, { recursive: true })
  await Promise.all(
    files
      .filter((file) => file.endsWith('.ts'))
      .map(async (file) => {
        const { code } = await transform(await readFile(path.join(generated, file), 'utf8'), {
          jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
          module: { type: 'es6' },
        })
        const to = path.join(target, file.replace(/\.ts$/, '.js'))
        await mkdir(path.dirname(to), { recursive: true })
        await writeFile(to, code)
      }),
  )
  return target
}
