/** A fault on purpose: what is built of the package is changed on its way into a child, to see whether it is found. */
export interface Plant {
  /** Below the package's `dist`. */
  readonly file: string
  readonly from: string
  readonly to: string
}

export const PLANTS: Readonly<Record<string, Plant>> = {
  'ledger-lets-all-through': {
    file: 'queue/ledger.js',
    from: 'WHERE (l.epoch, l.batch) < (EXCLUDED.epoch, EXCLUDED.batch)\n',
    to: '\n',
  },
  'ledger-not-moved': {
    file: 'queue/ledger.js',
    from: 'epoch = EXCLUDED.epoch, batch = EXCLUDED.batch, rejected = NULL',
    to: 'rejected = NULL',
  },
  'ledger-apart-from-the-rows': {
    file: 'queue/apply/apply-batch.js',
    from: 'claimBatch(tx,',
    to: 'claimBatch(database,',
  },
  'drop-before-commit': {
    file: 'worker/flush-batch.js',
    from: 'const stamps = await readStamps(context, batch);',
    to: 'const stamps = await readStamps(context, batch); await link.redis.del(link.keys.shard(batch.model, batch.shard).sealed);',
  },
  'seal-not-durable': {
    file: 'worker/flush-shard.js',
    from: 'await context.barrier.reach(',
    to: 'void (',
  },
  'accepted-not-durable': {
    file: 'strategy/write-behind.js',
    from: 'await options.confirm(',
    to: 'void (',
  },
  'rejected-not-recorded': {
    file: 'queue/apply/apply-batch.js',
    from: 'await recordRejected(tx, ledgerShard, rejected);',
    to: '',
  },
  'rejected-not-kept': {
    file: 'worker/flush-batch.js',
    from: 'await keepRejected(context, batch, applied.rejected);',
    to: '',
  },
  'no-sweep': {
    file: 'worker/sweep.js',
    from: 'if (lowestPending(state) === Number.POSITIVE_INFINITY)',
    to: 'if (true)',
  },
  'drop-takes-the-open-change': {
    file: 'protocol/commands.generated.js',
    from: 'rebase(pending, open, texts, fresh and version or known)',
    to: "redis.call('DEL', open)",
  },
  'accepts-under-a-fence': {
    file: 'protocol/commands.generated.js',
    from: 'if writers > 0 then return { -10 } end',
    to: '',
  },
  'seal-goes-on-growing': {
    file: 'protocol/commands.generated.js',
    from: "return { 'found', redis.call('HGETALL', KEYS[2]) }",
    to: "redis.call('DEL', KEYS[2])",
  },
}
