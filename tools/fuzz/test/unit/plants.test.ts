import fs from 'node:fs'
import { plants } from '../../src/plant/plants.js'

const SOURCES = new URL('../../../../packages/prisma-cache/src/', import.meta.url)

// A guard that has moved is to be planted where it stands now: change the text in src/plant/plants.ts.
test.each(Object.entries(plants))('the guard that the fault %s takes out is there', (_, { edits }) => {
  for (const { file, find } of edits) {
    const source = fs.readFileSync(new URL(`${file}.ts`, SOURCES), 'utf8')
    expect({ file, find, times: source.split(find).length - 1 }).toEqual({ file, find, times: 1 })
  }
})
