// What a case for the browsers has, and what people do in several of them.
import { people, type Person } from '../../../examples/demo/customer.ts'
import type { Tab } from '../harness/browsers/tab.ts'
import type { Demo, Scheme } from '../harness/demo.ts'

export type BrowserStage = {
  demo: Demo
  /** The browser of another person. */
  openTab(): Promise<Tab>
  /** Keeps a picture of the page, where pictures are asked for. */
  show(name: string, tab: Tab): Promise<void>
}

export type BrowserCase = {
  name: string
  /** Part of the short form. */
  isShort?: true
  schemes: readonly Scheme[]
  /** The Worker’s KV fails at each call. */
  isWithoutKV?: true
  play(stage: BrowserStage): Promise<void>
}

export const [alice, bob, carol] = people as readonly [Person, Person, Person]
export const nameOf = ({ givenName, sn }: Person) => `${givenName} ${sn}`

/** On the page of the demo IdP. */
export async function logIn(tab: Tab, { username, password }: Person): Promise<void> {
  await tab.fill('User name', username)
  await tab.fill('Password', password)
  await tab.press('Sign in')
}
