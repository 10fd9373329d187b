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
    '^prisma-cache/worker$': '<rootDir>/packages/prisma-cache/src/worker/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/'],
}

/** Unit tests touch no server; integration tests find theirs in the environment that the global setup makes. */
export default {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{packages,examples,tools}/*/test/unit/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'integration',
      testMatch: ['<rootDir>/{packages,examples,tools}/*/test/integration/**/*.test.ts'],
    },
  ],
}
