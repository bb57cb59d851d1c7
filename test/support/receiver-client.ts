// A path of its own on the receiver of webhooks, a real HTTP server beside workerd.
import { inject } from 'vitest'
import type { ReceivedRequest, ReceiverAnswer } from './receiver.ts'

let paths = 0

export function openReceiver(...answers: ReceiverAnswer[]) {
  const origin = inject('receiver')
  const path = `/${crypto.randomUUID()}-${paths++}`
  const control = `${origin}/control${path}`
  const answerWith = async (...next: ReceiverAnswer[]) => {
    await fetch(control, { method: 'PUT', body: JSON.stringify(next) })
  }
  const ready = answers.length > 0 ? answerWith(...answers) : Promise.resolve()
  return {
    url: origin + path,
    answerWith,
    ready,
    /** What has come, in order. */
    async received(): Promise<ReceivedRequest[]> {
      return (await fetch(control)).json()
    },
  }
}

/** A resolver that knows these names alone, each with its address. */
export async function openResolver(names: Record<string, string>): Promise<string> {
  const origin = inject('receiver')
  const path = `/${crypto.randomUUID()}/dns`
  const answers = [{ status: 200, body: JSON.stringify(names) }]
  await fetch(`${origin}/control${path}`, { method: 'PUT', body: JSON.stringify(answers) })
  return origin + path
}
