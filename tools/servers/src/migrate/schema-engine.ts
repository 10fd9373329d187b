import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg'

export type SchemaEngine = glue.SchemaEngine

/** Schema files as the engine takes them: `[path, text]`. */
export type Datamodels = readonly (readonly [path: string, text: string])[]

type Functions = Record<string, (...args: never[]) => unknown>

/** The one call of the WebAssembly API needed here; its types come only with those of a browser. */
interface WebAssemblyApi {
  instantiate(binary: Uint8Array, imports: Record<string, Functions>): Promise<{ instance: { exports: Functions } }>
}

let loaded: Promise<void> | undefined

/** The engine that the Prisma CLI carries, over an adapter: nothing is downloaded and nothing native runs. */
export async function schemaEngine(
  database: SqlMigrationAwareDriverAdapterFactory,
  datamodels: Datamodels,
): Promise<SchemaEngine> {
  loaded ??= load()
  await loaded
  const files = datamodels.map(([file, text]): [string, string] => [file, text])
  return glue.SchemaEngine.new({ datamodels: files }, () => {}, bindMigrationAwareSqlAdapterFactory(database))
}

async function load(): Promise<void> {
  // The engine reports a panic through this global, before the exception that the panic becomes.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: () => {} } })
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const binary = fs.readFileSync(path.join(path.dirname(entry), 'schema_engine_bg.wasm'))
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi }
  const { instance } = await WebAssembly.instantiate(binary, { './schema_engine_bg.js': imports() })
  const internals = glue as unknown as { __wbg_set_wasm(exports: Functions): void }
  internals.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start?.()
}

/** The glue's own functions, but for its timers: the engine leaves one running that would hold the process for a minute. */
function imports(): Functions {
  const own = Object.entries(glue as unknown as Functions)
  return Object.fromEntries(own.map(([name, fn]) => [name, name.startsWith('__wbg_setTimeout') ? unrefed(fn) : fn]))
}

function unrefed(setTimer: Functions[string]): Functions[string] {
  return (...args) => {
    const timer = setTimer(...args) as NodeJS.Timeout
    timer.unref()
    return timer
  }
}
