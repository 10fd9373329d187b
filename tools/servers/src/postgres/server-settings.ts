/** What every server here is started with; a caller's settings come on top. */
const ALWAYS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a distribution's default folder is not ours to write
  wal_level: 'logical', // change data capture reads it
  max_wal_senders: '10',
  max_replication_slots: '10',
  max_connections: '200',
  // Segments in the data folder, so that a server killed by SIGKILL leaves none in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
  log_min_messages: 'warning',
}

/**
 * For data that is thrown away: nothing is forced to disk. A commit is still written to the log file before it is
 * answered, so committed rows survive a SIGKILL of the server, though not a crash of the machine.
 */
const THROW_AWAY: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off' }

export function serverArguments(
  folder: string,
  port: number,
  options: { readonly durable: boolean; readonly settings?: Readonly<Record<string, string>> | undefined },
): readonly string[] {
  const settings = { ...ALWAYS, ...(options.durable ? {} : THROW_AWAY), ...options.settings, port: String(port) }
  return ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}
