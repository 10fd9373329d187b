/** Runs `body` with variables set, or unset where the value is undefined, and puts back what was there. */
export async function withEnvironment<T>(
  variables: Readonly<Record<string, string | undefined>>,
  body: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  set(Object.entries(variables))
  try {
    return await body()
  } finally {
    set(before)
  }
}

function set(variables: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}
