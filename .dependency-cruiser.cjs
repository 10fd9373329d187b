/**
 * The layers of the code, and which may import which (docs and CONTRIBUTING.md say why). A folder that stands in no
 * table here may import nothing, so that a new one is given its place on purpose.
 */
const LEAVES = ['events', 'errors']

const LAYERS = {
  'packages/policy-dsl/src': {
    generator: ['policy', 'grammar', 'syntax', 'diagnostics'],
    policy: ['grammar', 'syntax', 'diagnostics'],
    grammar: ['syntax', 'diagnostics'],
    syntax: ['diagnostics'],
    diagnostics: [],
  },
  'packages/prisma-cache/src': {
    extension: ['strategy', 'planner', 'replica', 'store', 'queue', 'protocol', ...LEAVES],
    // Web frameworks carry sessions; what they need of a client is its face.
    http: ['extension', ...LEAVES],
    worker: ['strategy', 'planner', 'replica', 'store', 'queue', 'protocol', ...LEAVES],
    cdc: ['strategy', 'planner', 'store', 'queue', 'protocol', ...LEAVES],
    cli: ['worker', 'strategy', 'planner', 'store', 'queue', 'protocol', ...LEAVES],
    metrics: LEAVES,
    strategy: ['planner', 'replica', 'store', 'queue', 'protocol', ...LEAVES],
    // The protocol's words (tags, keys, rows, stamps) are spoken everywhere; its commands only by store and queue.
    planner: ['protocol', ...LEAVES],
    store: ['protocol', ...LEAVES],
    // Servers of Postgres, and how far each of them is.
    replica: ['protocol', ...LEAVES],
    queue: ['protocol', ...LEAVES],
    protocol: LEAVES,
    events: LEAVES,
    errors: [],
    // Doubles and suites for others to test with: they reach everywhere, and nothing may import them.
    testing: ['extension', 'worker', 'cdc', 'strategy', 'planner', 'store', 'queue', 'protocol', ...LEAVES],
  },
  'tools/servers/src': {
    postgres: ['process'],
    redis: ['process'],
    migrate: [],
    process: [],
  },
  // An operation is made, performed and compared; what comes of it is told. Only the ends know the whole way.
  'tools/fuzz/src': {
    cli: ['schema', 'plant'],
    plant: [],
    report: ['perform'],
    perform: ['generate', 'compare', 'schema'],
    generate: ['schema'],
    compare: ['schema'],
    schema: ['generated'],
    generated: [],
  },
  // Two harnesses that know nothing of each other.
  'tools/chaos/src': {
    'write-behind': ['cli', 'generated'],
    consistency: ['cli', 'generated'],
    cli: [],
    generated: [],
  },
}

/** One rule a folder: what lies in its package's other folders, and is not named for it, is forbidden. */
function layerRules(source, folders) {
  const rules = Object.entries(folders).map(([folder, allowed]) => ({
    name: `${source}/${folder}`,
    comment: `${folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other folder'}`,
    severity: 'error',
    from: { path: `^${source}/${folder}/` },
    to: { path: `^${source}/[^/]+/`, pathNot: `^${source}/(${[folder, ...allowed].join('|')})/` },
  }))
  return [
    ...rules,
    {
      name: `${source}: a folder without a layer`,
      comment: 'give the folder its place in .dependency-cruiser.cjs',
      severity: 'error',
      from: { path: `^${source}/[^/]+/`, pathNot: `^${source}/(${Object.keys(folders).join('|')})/` },
      to: {},
    },
  ]
}

module.exports = {
  forbidden: [
    ...Object.entries(LAYERS).flatMap(([source, folders]) => layerRules(source, folders)),
    {
      name: 'no-circular',
      comment: 'a cycle has no order in which it can be read, tested or loaded',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'commands-through-store-and-queue',
      comment: 'who talks to Redis says in one place what happens when it does not answer',
      severity: 'error',
      from: { path: '^packages/prisma-cache/src/(planner|strategy|extension|worker|cdc|cli)/' },
      to: { path: '^packages/prisma-cache/src/protocol/(run-command|commands\\.generated)' },
    },
    {
      name: 'not-resolvable',
      comment: 'the module does not exist, or is missing in package.json',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/generated/' },
    },
    {
      name: 'language-stands-alone',
      comment: 'the policy language knows nothing of the cache',
      severity: 'error',
      from: { path: '^packages/policy-dsl/src/' },
      to: { path: '^(packages/prisma-cache|tools|examples|benchmarks)/' },
    },
    {
      name: 'no-generator-at-run-time',
      comment: 'the generator runs in `prisma generate`; the client must not load it',
      severity: 'error',
      from: { path: '^packages/prisma-cache/src/' },
      to: { path: '^packages/policy-dsl/(src|dist)/generator/' },
    },
    {
      name: 'packages-import-no-tools',
      comment: 'what is published needs neither our servers nor our examples',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(tools|examples|benchmarks)/' },
    },
    {
      name: 'public-entries-only',
      comment: 'examples and benchmarks use the packages as a user does',
      severity: 'error',
      from: { path: '^(examples|benchmarks)/' },
      to: { path: '^(packages|tools)/[^/]+/src/' },
    },
    {
      name: 'no-tests-in-sources',
      severity: 'error',
      from: { pathNot: '/test/' },
      to: { path: '^(packages|tools|examples)/[^/]+/test/' },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API that the default parser could use.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '/dist/', '/generated/'] },
    exclude: { path: ['/test/fixtures/', '/test/\\.tmp/', '/generated/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
