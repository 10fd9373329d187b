import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { GeneratorOptions } from '@prisma/generator-helper'
import { generatePolicies } from '../../src/generator/generate-policies.js'
import { createGeneratorHome, type GeneratorHome } from '../support/generator-home.js'
import { getDmmf } from '../support/get-dmmf.js'
import { sourceFolder } from '../support/list-sources.js'
import type { PrismaProject } from '../support/prisma-project.js'

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
const schema =
  'datasource db {\n  provider = "postgresql"\n}\n/// @cache.invalidate\nmodel Account {\n  id String @id\n}\n'
let home: GeneratorHome
let project: PrismaProject

beforeAll(() => {
  home = createGeneratorHome()
})
afterAll(() => home.remove())
beforeEach(() => {
  project = home.createProject()
  // As the user has it installed; that the module fits the true types is tested where it is generated.
  const types = `export interface PolicySet { readonly formatVersion: 1; readonly enums: object; readonly models: Readonly<Record<string, object>> }
export declare function definePolicies(generated: PolicySet, overrides: object): {
  readonly models: Readonly<Record<'Account', { readonly policy: { readonly strategy: string } }>>
}
export declare function none(): object
`
  project.write('node_modules/prisma-cache/package.json', '{ "type": "module", "exports": { ".": "./index.js" } }')
  project.write('node_modules/prisma-cache/index.d.ts', types)
  project.write('node_modules/prisma-cache/index.js', `export * from '${pathToFileURL(home.dist).href}/index.js'\n`)
})

const generate = (config: Record<string, string | string[]> = {}) =>
  generatePolicies({
    generator: {
      ...({ name: 'cache', config } as unknown as GeneratorOptions['generator']),
      output: { fromEnvVar: null, value: join(project.folder, 'generated/cache') },
    },
    schemaPath: join(project.folder, 'schema.prisma'),
    datamodel: schema,
    dmmf: getDmmf([{ path: 'schema.prisma', text: schema }]),
  })

/** Compiles `use.*` with everything that it imports, and runs it. */
function run(use: string, module: string): string {
  const compilerOptions = { module, strict: true, target: 'es2022', outDir: 'out', rootDir: '.', types: ['node'] }
  const typeRoots = [join(sourceFolder, '../../../node_modules/@types')]
  const tsconfig = {
    compilerOptions: { ...compilerOptions, typeRoots, skipLibCheck: true },
    include: [use, 'generated'],
  }
  project.write('tsconfig.json', JSON.stringify(tsconfig))
  const compiled = spawnSync(process.execPath, [tsc, '-p', project.folder], { encoding: 'utf8' })
  expect(compiled.stdout + compiled.stderr).toBe('')
  const script = join('out', use.replace(/ts$/, 'js'))
  const ran = spawnSync(process.execPath, ['--no-warnings', script], { cwd: project.folder, encoding: 'utf8' })
  expect(ran.stderr).toBe('')
  return ran.stdout.trim()
}

const esm = (ending: string) => `import { definePolicies, none } from 'prisma-cache'
import { policies } from './generated/cache/index.${ending}'
console.log(definePolicies(policies, { Account: none() }).models.Account.policy.strategy, import.meta.url.length > 0)
`
const cjs = (ending: string) => `import { policies } from './generated/cache/index.${ending}'
console.log(policies.models.Account.policy.strategy satisfies 'invalidate', typeof require, typeof __filename)
`
const cjsOfEsm = (ending: string) => `import { definePolicies, none } from 'prisma-cache'
import { policies } from './generated/cache/index.${ending}'
console.log(definePolicies(policies, { Account: none() }).models.Account.policy.strategy, typeof require)
`

test.each([
  ['a package of ES modules', {}, 'module', 'use.ts', esm('js'), 'nodenext', 'none true'],
  ['moduleFormat esm', { moduleFormat: 'esm' }, 'module', 'use.ts', esm('js'), 'node16', 'none true'],
  ['a package of CommonJS', {}, undefined, 'use.ts', cjs('js'), 'node16', 'invalidate function string'],
  ['CommonJS that requires ES modules', {}, 'commonjs', 'use.ts', cjsOfEsm('js'), 'nodenext', 'none function'],
  ['moduleFormat cjs', { moduleFormat: 'cjs' }, undefined, 'use.ts', cjs('js'), 'node16', 'invalidate function string'],
  ['.cts', { generatedFileExtension: 'cts' }, 'module', 'use.cts', cjs('cjs'), 'node16', 'invalidate function string'],
  ['.mts', { generatedFileExtension: 'mts' }, undefined, 'use.mts', esm('mjs'), 'nodenext', 'none true'],
  ['importFileExtension', { importFileExtension: 'js' }, 'module', 'use.ts', esm('js'), 'nodenext', 'none true'],
] as const)('%s', async (_, config, type, use, text, module, printed) => {
  project.write('package.json', JSON.stringify({ type }))
  await generate(config)
  project.write(use, text)
  expect(run(use, module)).toBe(printed)
})

test('the same options give the same bytes, and only where it is needed does the import say more', async () => {
  project.write('package.json', '{ "type": "module" }')
  const textOf = async (config: Record<string, string>) => readFileSync((await generate(config)).path, 'utf8')
  const plain = await textOf({})
  expect(await textOf({})).toBe(plain)
  expect(await textOf({ moduleFormat: 'esm', importFileExtension: '' })).toBe(plain)
  const told = await textOf({ moduleFormat: 'commonjs' })
  expect(told).toBe(plain.replace("from 'prisma-cache'", "from 'prisma-cache' with { 'resolution-mode': 'import' }"))
})

test('a module of another extension goes; a file of somebody else stays', async () => {
  project.write('generated/cache/index.cts', 'export const mine = 1\n')
  await generate()
  await generate({ generatedFileExtension: 'mts' })
  expect(readdirSync(join(project.folder, 'generated/cache')).sort()).toEqual(['index.cts', 'index.mts'])
})
