import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listSources, sourceFolder } from '../support/list-sources.js'

test('Prisma is known to the facts and the generator alone, and only by its types', () => {
  const knowing = listSources().filter((name) =>
    readFileSync(join(sourceFolder, name), 'utf8').includes("from '@prisma/"),
  )
  expect(knowing.filter((name) => !/^(policy\/facts|generator)\/|^policy\/compile-schema\.ts$/.test(name))).toEqual([])
  const runtime = knowing.filter((name) =>
    /^import (?!type).*'@prisma\//m.test(readFileSync(join(sourceFolder, name), 'utf8')),
  )
  expect(runtime).toEqual([])
})
