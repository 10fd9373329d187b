import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listSources, sourceFolder } from '../support/list-sources.js'

const layers = ['diagnostics', 'syntax', 'grammar', 'policy', 'generator']

test.each(listSources().filter((name) => name.includes('/')))(
  '%s imports only its own step and those below',
  (name) => {
    const own = layers.indexOf(name.split('/')[0]!)
    const text = readFileSync(join(sourceFolder, name), 'utf8')
    for (const [, target = ''] of text.matchAll(/from '(\.[^']+)'/g)) {
      const [layer = ''] = join(name, '..', target).split('/')
      expect(layers).toContain(layer)
      expect(layers.indexOf(layer)).toBeLessThanOrEqual(own)
    }
  },
)

test('Prisma is known to the facts and the generator alone, and only its types to the facts', () => {
  const knowing = listSources().filter((name) =>
    readFileSync(join(sourceFolder, name), 'utf8').includes("from '@prisma/"),
  )
  expect(knowing.filter((name) => !/^(policy\/facts|generator)\/|^policy\/compile-schema\.ts$/.test(name))).toEqual([])
  const runtime = knowing.filter((name) =>
    /^import (?!type).*'@prisma\//m.test(readFileSync(join(sourceFolder, name), 'utf8')),
  )
  expect(runtime).toEqual(['generator/main.ts'])
})
