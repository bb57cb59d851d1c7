# An app with OmniAuth (GitLab's way in) on Rack.
require 'json'
require 'rack'
require 'rack/handler/webrick'
require 'omniauth_openid_connect'

ORIGIN = "http://localhost:#{ENV.fetch('PORT')}"
# docs: settings
issuer = URI(ENV.fetch('ISSUER'))
GATEPOST = {
  name: :gatepost,
  issuer: issuer.to_s,
  scope: %i[openid email profile],
  response_type: :code,
  client_auth_method: :basic,
  # It sends no PKCE: register the app with `--pkce optional`. It sends a nonce.
  client_options: {
    scheme: issuer.scheme,
    host: issuer.host,
    port: issuer.port,
    identifier: ENV.fetch('CLIENT_ID'),
    secret: ENV.fetch('CLIENT_SECRET'),
    redirect_uri: "#{ORIGIN}/auth/gatepost/callback",
    authorization_endpoint: '/oauth2/authorize',
    token_endpoint: '/oauth2/token',
    userinfo_endpoint: '/oauth2/userinfo',
    jwks_uri: "#{issuer}/oauth2/jwks",
  },
  client_signing_alg: :RS256,
}
# docs: end

OmniAuth.config.allowed_request_methods = %i[get post]
OmniAuth.config.silence_get_warning = true
OmniAuth.config.request_validation_phase = nil

def json(value) = [200, { 'Content-Type' => 'application/json' }, [JSON.generate(value)]]
def to(url) = [302, { 'Location' => url }, []]

app = lambda do |env|
  session = env['rack.session']
  case env['PATH_INFO']
  when '/login' then to('/auth/gatepost')
  when '/auth/gatepost/callback'
    auth = env['omniauth.auth']
    session['user'] = { 'sub' => auth.uid, 'email' => auth.info.email }
    session['id_token'] = auth.credentials.id_token
    to('/me')
  when '/me' then json(session['user'])
  when '/logout'
    query = URI.encode_www_form(id_token_hint: session['id_token'],
                                post_logout_redirect_uri: "#{ORIGIN}/bye")
    to("#{ENV.fetch('ISSUER')}/oauth2/logout?#{query}")
  when '/bye' then json({ left: true })
  else json({ path: env['PATH_INFO'], error: env['omniauth.error']&.message })
  end
end
stack = Rack::Builder.new do
  use Rack::Session::Cookie, key: 'app', secret: ENV.fetch('SESSION_SECRET')
  use OmniAuth::Strategies::OpenIDConnect, GATEPOST
  run app
end
Rack::Handler::WEBrick.run(stack, Host: '127.0.0.1', Port: ENV.fetch('PORT').to_i)
