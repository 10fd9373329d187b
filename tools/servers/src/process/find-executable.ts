import fs from 'node:fs'
import path from 'node:path'

/** The first executable called `name` in PATH, then in `extraFolders`. */
export function findExecutable(name: string, extraFolders: readonly string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...extraFolders]
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return fs.statSync(file).isFile()
  } catch {
    return false // absent, or not for us: look further
  }
}
