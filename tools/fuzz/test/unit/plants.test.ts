import fs from 'node:fs'
import { plants } from '../../src/plant/plants.js'

const PRODUCT = new URL('../../../../packages/prisma-cache/', import.meta.url)

// A guard that has moved is to be planted where it stands now: change the text in src/plant/plants.ts.
test.each(Object.entries(plants))('the guard that the fault %s takes out is there', (_, { edits }) => {
  for (const { file, find } of edits) {
    // It is planted in what is built, which there is none of before the first build.
    for (const place of [`src/${file}.ts`, `dist/${file}.js`].filter((one) => fs.existsSync(new URL(one, PRODUCT)))) {
      const source = fs.readFileSync(new URL(place, PRODUCT), 'utf8')
      expect({ place, find, times: source.split(find).length - 1 }).toEqual({ place, find, times: 1 })
    }
  }
})
