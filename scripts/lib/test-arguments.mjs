/** What was given after the script's name; a package manager may hand its own `--` on. */
export function testArguments() {
  return process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === '--'))
}
