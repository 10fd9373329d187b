import { Prisma } from '../generated/prisma/client.js'

/** The updated row, or null where no row met the condition (`P2025`); every other error stays an error. */
export async function updateIf<T>(update: Promise<T>): Promise<T | null> {
  try {
    return await update
  } catch (error) {
    if (isKnown(error, 'P2025')) return null
    throw error
  }
}

export function isKnown(error: unknown, code: string): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === code
}
