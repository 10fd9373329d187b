/** What an error says, also one of another realm, for which `instanceof Error` is false. Prisma's last line is the reason. */
export function messageOf(error: unknown): string | undefined {
  const message = (error as { readonly message?: unknown } | null | undefined)?.message
  if (typeof message !== 'string' || message === '') return undefined
  return message.trim().split('\n').at(-1)
}
