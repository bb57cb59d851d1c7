// Which forms and links of the product the reader of a page may use. Forms and buttons ask it and
// leave out what the server would refuse. The server refuses it all the same.
import { createContext, useContext } from 'hono/jsx'

export type MayReach = (method: 'GET' | 'POST', path: string) => boolean

/** Without a provider, every form is shown: the setup portal asks capabilities itself. */
export const Reach = createContext<MayReach>(() => true)

export function useReach(): MayReach {
  return useContext(Reach)
}
