// Texts of the setup portal alone: the invitation, the footer, the last page.
import { Instant, Notice } from '../kit/blocks.tsx'
import { ConsolePage } from '../kit/console-frame.tsx'
import { Form, SubmitRow } from '../kit/forms.tsx'
import type { SetupLink } from '../../access/operations.ts'

/** At the top of the portal's first page. */
export function Invitation(props: { setupLink: SetupLink; product: string; now: number }) {
  const { setupLink, product, now } = props
  const { capabilities, invitedBy, expiresAt } = setupLink
  const inviter = invitedBy === null ? product : `${invitedBy} of ${product}`
  const may = {
    configure: capabilities.includes('configure'),
    test: capabilities.includes('test'),
  }
  return (
    <Notice tone="info" title={`${inviter} invited you to set up single sign-on`}>
      <p>
        Copy our settings into your identity provider (IdP).{' '}
        {may.configure
          ? 'Enter the IdP’s settings here. Nothing changes for users until both sides test it.'
          : 'You cannot change settings with this link.'}
        {may.configure && !may.test && ' Support starts testing.'}
      </p>
      <p>
        The link works until <Instant at={expiresAt} now={now} />. You can use it any number of
        times.
      </p>
    </Notice>
  )
}

/** Below every page. */
export function About(props: {
  setupLink: SetupLink
  product: string
  helpURL: string | null
  now: number
}) {
  const { setupLink, product, helpURL, now } = props
  return (
    <p>
      Setup link for {setupLink.name}, created by {setupLink.invitedBy ?? product}. Valid until{' '}
      <Instant at={setupLink.expiresAt} now={now} />. Both sides see the history of your actions.
      {helpURL && (
        <>
          {' '}
          <a href={helpURL}>Help page</a>
        </>
      )}
    </p>
  )
}

export function DonePage(props: { product: string; area: string }) {
  return (
    <ConsolePage title="Setup closed" product={props.product} area={props.area} narrow={true}>
      <p>
        Your changes are saved. To return, open the setup link again. If it has expired, ask for a
        new one.
      </p>
    </ConsolePage>
  )
}

type LinkPlace = { connection: string; tenant: string; person: string }

/** Before another link takes the place of the one that this browser has. */
export function SwitchPage(props: {
  product: string
  area: string
  from: LinkPlace
  to: LinkPlace
  action: string
}) {
  const { product, area, from, to, action } = props
  return (
    <ConsolePage title="Another setup link" product={product} area={area} narrow={true}>
      <p>
        This browser has the setup of <PlaceOf place={from} />. You opened the setup link of{' '}
        <PlaceOf place={to} />.
      </p>
      <p>Switch only if you expected this link. To return, open the earlier link again.</p>
      <Form action={action}>
        <SubmitRow
          primary={`Switch to ${to.connection}`}
          cancel={{ href: '/setup', label: `Stay with ${from.connection}` }}
        />
      </Form>
    </ConsolePage>
  )
}

function PlaceOf({ place: { connection, tenant, person } }: { place: LinkPlace }) {
  return (
    <>
      <b>{connection}</b> of {tenant}, for {person}
    </>
  )
}
