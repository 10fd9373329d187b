import path from 'node:path'

/** The workspace's root: every script works from here, wherever it is called from. */
export const root = path.resolve(import.meta.dirname, '../..')

/** What scripts remember between runs. Below node_modules: gone with it, never committed. */
export const cache = path.join(root, 'node_modules', '.cache', 'prisma-cache')

/** The JavaScript file of a command that the workspace depends on: started with this Node, no shell and no PATH. */
export const commands = {
  tsc: path.join(root, 'node_modules/typescript/bin/tsc'),
  prisma: path.join(root, 'node_modules/prisma/build/index.js'),
  jest: path.join(root, 'node_modules/jest/bin/jest.js'),
  biome: path.join(root, 'node_modules/@biomejs/biome/bin/biome'),
  depcruise: path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
}
