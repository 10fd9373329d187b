/**
 * For tests that hold many clients against each other: a function under `$cache` that resolves when the near copies of
 * this client are told of everything that changed before the call. An application has no use for it: whoever must not
 * read an old value asks for a class that does not serve one.
 */
export const CAUGHT_UP = Symbol.for('prisma-cache.caughtUp')
