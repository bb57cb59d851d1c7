// A request to the app as the platform makes it: with an execution context, whose work is done when
// the answer is there.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Hono } from 'hono'
import type { Env } from '../../src/env.ts'
import type { App } from '../../src/platform/http/http.ts'

export async function askApp(
  app: Hono<App>,
  input: string | Request,
  init: RequestInit = {},
  environment: Env = env,
  onAnswer: () => void = () => undefined,
): Promise<Response> {
  const context = createExecutionContext()
  const response = await app.request(input, init, environment, context)
  onAnswer()
  await waitOnExecutionContext(context)
  return response
}
