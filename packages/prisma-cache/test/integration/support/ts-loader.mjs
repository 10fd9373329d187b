// Lets a child process import the TypeScript of the tests: `node --import ts-loader.mjs`. As jest does it, with no types.

import fs from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

/** What is named .js and is not there is a .ts. */
export async function resolve(specifier, context, next) {
  const relative = /^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL
  if (relative) {
    const url = new URL(specifier, context.parentURL)
    const source = new URL(url.href.replace(/\.js$/, '.ts'))
    if (!fs.existsSync(url) && fs.existsSync(source)) return { url: source.href, shortCircuit: true }
  }
  return await next(specifier, context)
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return await next(url, context)
  const { transformFile } = await import('@swc/core')
  const { code } = await transformFile(fileURLToPath(url), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    sourceMaps: false,
  })
  return { format: 'module', source: code, shortCircuit: true }
}
