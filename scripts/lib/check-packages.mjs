import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { StepFailed } from './run.mjs'
import { root } from './workspace.mjs'

/** Packs each package that is published, as it would be published, and fails where publint finds something in it. */
export async function checkPackages() {
  const target = fs.mkdtempSync(path.join(os.tmpdir(), 'prisma-cache-packed-'))
  try {
    const problems = []
    for (const folder of publishedPackages()) problems.push(...(await problemsOf(folder, target)))
    if (problems.length > 0) throw new StepFailed('packages', `\n  ${problems.join('\n  ')}\n`)
  } finally {
    fs.rmSync(target, { recursive: true, force: true })
  }
}

function publishedPackages() {
  const packages = path.join(root, 'packages')
  const folders = fs.readdirSync(packages).map((name) => path.join(packages, name))
  return folders.filter((folder) => fs.existsSync(manifest(folder)) && !read(folder).private)
}

async function problemsOf(folder, target) {
  const { name } = read(folder)
  const tarball = fs.readFileSync(pack(folder, target))
  const { messages, pkg } = await publint({ pack: { tarball: bufferOf(tarball) }, strict: true })
  const serious = messages.filter(({ type }) => type !== 'suggestion')
  return serious.map((message) => `${name}: ${formatMessage(message, pkg)}`)
}

const manifest = (folder) => path.join(folder, 'package.json')
const read = (folder) => JSON.parse(fs.readFileSync(manifest(folder), 'utf8'))

function bufferOf(bytes) {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}

function pack(folder, target) {
  const [command, ...args] = packageManager()
  const result = spawnSync(command, [...args, 'pack', '--json', '--pack-destination', target], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (result.status !== 0)
    throw new StepFailed('packages', `pnpm pack: ${result.error ?? result.stdout + result.stderr}`)
  return path.resolve(target, JSON.parse(result.stdout).filename)
}

/** The pnpm that runs this script, which need not be on PATH; else the one that is. */
function packageManager() {
  const running = process.env.npm_execpath
  if (!running || !/pnpm/.test(path.basename(running))) return ['pnpm']
  return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running]
}
