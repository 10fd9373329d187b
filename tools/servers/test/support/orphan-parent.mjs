// Started by a test, which kills it: acquires servers, says what it got on one line, and waits for its end.
// Loads the built package, as a program does.
import { startPostgres, startRedis } from '../../dist/index.js'

const servers = await Promise.all([startPostgres(), startRedis()])
console.log(JSON.stringify(servers.map((server) => ({ pid: server.pid(), dataDir: server.dataDir, url: server.url }))))
setInterval(() => {}, 60_000)
