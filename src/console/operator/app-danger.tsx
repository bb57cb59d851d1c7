// What ends an app: disable it, delete it.
import type { ClientView } from '../../clients/operations.ts'
import { DangerZone } from '../kit/blocks.tsx'
import { ButtonForm, ButtonLink } from '../kit/forms.tsx'

export function AppDangerZone({ app, path }: { app: ClientView; path: string }) {
  const isDisabled = app.disabledAt !== null
  return (
    <DangerZone
      actions={[
        isDisabled
          ? {
              title: 'Enable the app',
              text: 'Users can sign in to it again.',
              control: <ButtonForm action={`${path}/enable`} label="Enable app" />,
            }
          : {
              title: 'Disable the app',
              text:
                'Users can no longer sign in to it, and its tokens are no longer valid. You ' +
                'can enable it again.',
              control: <ButtonForm action={`${path}/disable`} label="Disable app" tone="danger" />,
            },
        {
          title: 'Delete the app',
          text: 'For good, with its tokens and grants. Disable it first.',
          control: (
            <ButtonLink
              href={`/console/erase/client/${app.sid}`}
              label="Delete app"
              tone="danger"
            />
          ),
        },
      ]}
    />
  )
}
