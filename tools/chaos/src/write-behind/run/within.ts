export const later = (ms: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), ms))

/** What comes of the work, or false when the time is over first. No timer outlives it. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | false> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
