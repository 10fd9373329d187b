import fs from 'node:fs'
import path from 'node:path'
import { root } from '../lib/workspace.mjs'

const page = fs.readFileSync(path.join(root, 'docs/consistency.md'), 'utf8')
const rows = page.split('\n').filter((line) => /^\| H\d+ \|/.test(line))

/** Every `file › describe › test` of a text; `› test` is one of the file before. */
function namedTests(text) {
  let file
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => {
    const [place, ...titles] = code.split(' › ').map((part) => part.replace(/^› /, ''))
    if (/\.test\.ts$/.test(place)) file = place
    else if (!code.startsWith('› ')) return []
    return [{ file, titles: /\.test\.ts$/.test(place) ? titles : [place, ...titles] }]
  })
}

test('the table of hazards is whole', () => {
  expect(rows.map((row) => row.split(' ')[1])).toEqual(Array.from({ length: 29 }, (_, i) => `H${i + 1}`))
})

test.each(rows.map((row) => [row.split(' ')[1], row]))('%s names tests that there are', (hazard, row) => {
  const tests = namedTests(row)
  if (!/\| open \|/.test(row)) expect(tests.length).toBeGreaterThan(0)
  for (const { file, titles } of tests) {
    const places = ['packages/prisma-cache/test', '.'].map((folder) => path.join(root, folder, file))
    const place = places.find((one) => fs.existsSync(one))
    expect({ hazard, file, found: place !== undefined }).toEqual({ hazard, file, found: true })
    const source = fs.readFileSync(place, 'utf8')
    for (const title of titles) {
      // `it.each` may put values into a title: what stands around them is looked for.
      const parts = title.split(/%[sj]/).filter((part) => part.trim() !== '')
      expect({ hazard, title, found: parts.every((part) => source.includes(part)) }).toEqual({
        hazard,
        title,
        found: true,
      })
    }
  }
})
