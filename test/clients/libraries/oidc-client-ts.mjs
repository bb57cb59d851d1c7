// In the browser. A public app: its code comes from a server that knows no secret.
const { issuer, clientID } = document.documentElement.dataset
// docs: settings
import { UserManager } from 'oidc-client-ts'

const manager = new UserManager({
  authority: issuer,
  client_id: clientID,
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/bye`,
  scope: 'openid email profile offline_access',
  automaticSilentRenew: false,
  loadUserInfo: true,
})

const pages = {
  '/login': () => manager.signinRedirect(),
  '/callback': async () => {
    await manager.signinRedirectCallback()
    location.replace('/me')
  },
  '/logout': () => manager.signoutRedirect(),
}
// docs: end

const show = (value) => (document.body.textContent = JSON.stringify(value))
pages['/me'] = async () => show((await manager.getUser()).profile)
pages['/refresh'] = async () => {
  const users = await Promise.all([1, 2, 3, 4, 5, 6].map(() => manager.signinSilent()))
  show(users.map(({ profile }) => profile))
}
pages['/bye'] = () => show({ left: true })
await pages[location.pathname]()
