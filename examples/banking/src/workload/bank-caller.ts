import { Agent, request } from 'node:http'
import { type CallAnswer, HEADER, type LogInAnswer } from '../api/wire.js'
import type { Call } from '../bank/call.js'
import { centsToDecimal } from '../bank/cents.js'

/** One client of the API over a connection of its own. It carries its causal token from answer to call. */
export interface BankCaller {
  /** Begins as somebody else: without a token. */
  logIn(customerId: number): Promise<string>
  call(call: Call, sessionId: string, callId: string): Promise<CallAnswer>
  token(): string | undefined
  close(): void
}

export class CallFailed extends Error {
  override readonly name = 'CallFailed'
}

export function createBankCaller(url: string): BankCaller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let token: string | undefined

  const post = (path: string, body: unknown, headers: Record<string, string>) =>
    new Promise<unknown>((resolve, reject) => {
      const outgoing = request(url + path, {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', ...headers, ...(token && { [HEADER.token]: token }) },
      })
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (response.statusCode !== 200) return reject(new CallFailed(`${path}: ${response.statusCode} ${text}`))
          const next = response.headers[HEADER.token]
          if (typeof next === 'string') token = next
          resolve(JSON.parse(text))
        })
      })
      outgoing.end(JSON.stringify(body))
    })

  return {
    logIn: async (customerId) => {
      token = undefined
      return ((await post(`/customers/${customerId}/sessions`, {}, {})) as LogInAnswer).sessionId
    },
    call: async (call, sessionId, callId) => {
      const headers = { [HEADER.session]: sessionId, [HEADER.call]: callId }
      return (await post(`/customers/${call.customerId}/${call.kind}`, bodyOf(call), headers)) as CallAnswer
    },
    token: () => token,
    close: () => agent.destroy(),
  }
}

function bodyOf(call: Call): object {
  return {
    ...('amount' in call && { amount: centsToDecimal(call.amount) }),
    ...('to' in call && { to: call.to }),
    ...('city' in call && { city: call.city }),
    ...('id' in call && { id: call.id }),
  }
}
