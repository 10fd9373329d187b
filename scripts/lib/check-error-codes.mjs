import fs from 'node:fs'
import path from 'node:path'
import { StepFailed } from './run.mjs'
import { root } from './workspace.mjs'

const SOURCES = ['packages', 'tools']
const REFERENCE = 'docs/errors.md'

/** Fails where a source names an error code that docs/errors.md does not explain. */
export function checkErrorCodes() {
  const reference = path.join(root, REFERENCE)
  const explained = new Set(codesIn(fs.existsSync(reference) ? fs.readFileSync(reference, 'utf8') : ''))
  const used = SOURCES.flatMap(packagesIn)
    .flatMap(sourceFiles)
    .flatMap((file) => codesIn(fs.readFileSync(file, 'utf8')))
  const missing = [...new Set(used)].filter((code) => !explained.has(code)).sort()
  if (missing.length > 0) throw new StepFailed('error reference', `${REFERENCE} does not explain ${missing.join(', ')}`)
}

const codesIn = (text) => text.match(/\bPC\d{4}\b/g) ?? []

const packagesIn = (folder) =>
  fs.readdirSync(path.join(root, folder)).map((name) => path.join(root, folder, name, 'src'))

function sourceFiles(folder) {
  if (!fs.existsSync(folder)) return []
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, name))
}
