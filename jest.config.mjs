import os from 'node:os'

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // Sources import each other by their emitted names; workspace packages are tested from source, not from dist.
  moduleNameMapper: {
    '^@prisma-cache/policy-dsl$': '<rootDir>/packages/policy-dsl/src/index.ts',
    '^@prisma-cache/policy-dsl/generator$': '<rootDir>/packages/policy-dsl/src/generator/main.ts',
    '^@prisma-cache/servers$': '<rootDir>/tools/servers/src/index.ts',
    '^prisma-cache$': '<rootDir>/packages/prisma-cache/src/index.ts',
    '^prisma-cache/(http|worker|cdc|metrics|testing)$': '<rootDir>/packages/prisma-cache/src/$1/index.ts',
    // Dependencies have the .js file that they name; our sources have a .ts file instead.
    '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1.ts'],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.*/test/\\.tmp/'],
}

/**
 * Unit tests touch no server. Integration tests find theirs in TEST_DATABASE_URL and TEST_REDIS_URL, which
 * scripts/test-integration.mjs sets: run them through it.
 */
export default {
  // Tests wait for servers more than they compute: two at once pay off on the smallest machine too.
  maxWorkers: Math.min(8, Math.max(2, os.availableParallelism() - 1)),
  // Starting a server takes a second, and several on a busy machine. No test waits this long when all is well.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{packages,examples,tools}/*/test/unit/**/*.test.ts',
        '<rootDir>/benchmarks/test/unit/**/*.test.ts',
        '<rootDir>/scripts/test/*.test.mjs',
      ],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: [
        '<rootDir>/{packages,examples,tools}/*/test/integration/**/*.test.ts',
        '<rootDir>/benchmarks/test/integration/**/*.test.ts',
      ],
    },
  ],
}
