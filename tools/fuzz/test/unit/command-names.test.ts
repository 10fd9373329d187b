import { commandNames } from '../../src/perform/command-names.js'

const command = (...parts: string[]) =>
  `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`

test.each([1, 2, 3, 7, 1000])('names of commands that come in pieces of %d bytes', (size) => {
  const names: string[] = []
  const read = commandNames((name) => names.push(name))
  const bytes = Buffer.from(
    command('get', 'a') +
      command('SET', 'SCAN', '*1\r\n$4\r\nKEYS\r\n') +
      command('ping') +
      command('scan', '0', 'é', ''),
  )
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
  expect(names).toEqual(['GET', 'SET', 'PING', 'SCAN'])
})
