import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { DMMF } from '@prisma/generator-helper'
import type { SchemaFile } from '../../src/index.js'

/** What the Prisma CLI calls to turn a schema into a DMMF, without starting the CLI: the same wasm module. */
export function getDmmf(files: readonly SchemaFile[]): DMMF.Document {
  return JSON.parse(
    callWasm('get_dmmf', JSON.stringify({ prismaSchema: files.map((f) => [f.path, f.text]), noColor: true })),
  )
}

interface SchemaWasm {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly __wbindgen_externrefs: {
    grow(size: number): number
    get(index: number): unknown
    set(index: number, value: unknown): void
  }
  __wbindgen_start(): void
  __wbindgen_malloc(size: number, align: number): number
  get_dmmf(pointer: number, length: number): [pointer: number, length: number, error: number, failed: number]
}

/** As much of the global as is used: its types come with the DOM's only. */
interface WasmHost {
  readonly Module: { new (bytes: Uint8Array): object; imports(module: object): { readonly name: string }[] }
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}
const { WebAssembly: host } = globalThis as unknown as { WebAssembly: WasmHost }

let loaded: SchemaWasm | undefined

function load(): SchemaWasm {
  if (loaded) return loaded
  const cli = dirname(createRequire(import.meta.url).resolve('prisma/package.json'))
  const module = new host.Module(readFileSync(join(cli, 'build/prisma_schema_build_bg.wasm')))
  const text = (pointer: number, length: number) => read(wasm, pointer, length)
  const imports: Record<string, (...args: never[]) => unknown> = {}
  for (const { name } of host.Module.imports(module)) {
    if (name.includes('init_externref_table')) {
      imports[name] = () => {
        const table = wasm.__wbindgen_externrefs
        const offset = table.grow(4)
        table.set(0, undefined)
        ;[undefined, null, true, false].forEach((value, i) => {
          table.set(offset + i, value)
        })
      }
    } else if (name.includes('set_message')) imports[name] = () => undefined
    else if (name.includes('Error')) imports[name] = (p: number, l: number) => new Error(text(p, l))
    else
      imports[name] = (p: number, l: number) => {
        throw new Error(text(p, l))
      }
  }
  const wasm = new host.Instance(module, { __wbindgen_placeholder__: imports }).exports as SchemaWasm
  wasm.__wbindgen_start()
  loaded = wasm
  return wasm
}

function callWasm(fn: 'get_dmmf', argument: string): string {
  const wasm = load()
  const bytes = new TextEncoder().encode(argument)
  const pointer = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0
  new Uint8Array(wasm.memory.buffer).set(bytes, pointer)
  const [result, length, error, failed] = wasm[fn](pointer, bytes.length)
  if (failed) throw wasm.__wbindgen_externrefs.get(error)
  return read(wasm, result, length)
}

function read(wasm: SchemaWasm, pointer: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, pointer >>> 0, length))
}
