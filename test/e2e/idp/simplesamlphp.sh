#!/usr/bin/env bash
# A real IdP for the end-to-end tests: SimpleSAMLphp of Debian, under PHP's own web server, on 127.0.0.1 only.
#
#   simplesamlphp.sh install     as root: the packages, nothing that is started or listens
#   simplesamlphp.sh start       prints one line of JSON when it answers; everything it writes is in $RUN
#   simplesamlphp.sh stop        ends what start has started
#
# By environment:
#   RUN              folder for sessions, logs, keys and the process number
#   PORT             where it listens
#   SERVICE_PROVIDERS   a JSON file of several service providers, in place of SP_…, SIGN and ENCRYPT:
#                    [{"metadata": path, "sign", "encrypt", "algorithm": URI}]
#   SP_ENTITY_ID     the one service provider it knows,
#   SP_ACS_URL       where its responses go,
#   SP_CERTIFICATE   and the certificate (DER in base64) that verifies its requests and that assertions are encrypted to
#   PEOPLE           JSON: [{"username", "password", "mail", "givenName", "sn", "displayName"}]
#   SIGN             response | assertion | both (default)
#   ENCRYPT          none (default) | aes128-cbc, the only one it has
#   CHECK_REQUESTS   on (default): an AuthnRequest without a signature of the SP's key is refused | off
#   IDP_KEY IDP_CERTIFICATE   PEM files; made in $RUN where they are not given
set -euo pipefail

application=/usr/share/simplesamlphp
here=$(cd "$(dirname "$0")" && pwd)

install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y --no-install-recommends --no-upgrade simplesamlphp php-cli php-xml php-mbstring php-curl curl openssl procps
}

prepare() {
  : "${PORT:?}" "${PEOPLE:?}"
  [ -n "${SERVICE_PROVIDERS:-}" ] || : "${SP_ENTITY_ID:?}" "${SP_ACS_URL:?}" "${SP_CERTIFICATE:?}"
  export BASE="http://127.0.0.1:$PORT" SIGN=${SIGN:-both} ENCRYPT=${ENCRYPT:-none} CHECK_REQUESTS=${CHECK_REQUESTS:-on}
  case $SIGN in response | assertion | both) ;; *) fail "SIGN=$SIGN is not response, assertion or both" ;; esac
  case $ENCRYPT in none | aes128-cbc) ;; *) fail "ENCRYPT=$ENCRYPT: it has aes128-cbc only" ;; esac
  mkdir -p "$RUN"/{www,log,data,tmp,sessions}
  ln -sfn "$application/www" "$RUN/www/simplesaml"
  export IDP_KEY=${IDP_KEY:-$RUN/idp.key} IDP_CERTIFICATE=${IDP_CERTIFICATE:-$RUN/idp.crt}
  [ -s "$IDP_KEY" ] || openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj '/CN=SimpleSAMLphp of a test' \
    -keyout "$IDP_KEY" -out "$IDP_CERTIFICATE" 2>/dev/null
  # The files there read this environment: what is configured is what this script was told.
  export SIMPLESAMLPHP_CONFIG_DIR=$here/simplesamlphp
}

start() {
  [ -d "$application" ] || fail 'it is not installed. Debian: simplesamlphp.sh install'
  prepare
  stop
  # A process group of its own, so that stop reaches everything and nothing else.
  setsid php -d display_errors=0 -d error_reporting=0 -S "127.0.0.1:$PORT" -t "$RUN/www" >"$RUN/log/server.log" 2>&1 </dev/null &
  echo $! >"$RUN/pid"
  local metadata=$BASE/simplesaml/saml2/idp/metadata.php
  for _ in $(seq 200); do
    if curl --silent --fail --output "$RUN/metadata.xml" "$metadata"; then
      printf '{"entityID":"%s","sso":"%s","pid":%s}\n' "$metadata" "$BASE/simplesaml/saml2/idp/SSOService.php" "$(cat "$RUN/pid")"
      return
    fi
    kill -0 "$(cat "$RUN/pid")" 2>/dev/null || break
    sleep 0.05
  done
  tail -n 5 "$RUN/log/server.log" >&2
  stop
  fail "it did not answer at $metadata"
}

stop() {
  [ -s "$RUN/pid" ] || return 0
  local group
  group=$(cat "$RUN/pid")
  kill -- "-$group" 2>/dev/null || true
  # Who has ended and only waits to be collected by init is no longer counted.
  for _ in $(seq 250); do
    pgrep --pgroup "$group" --runstates DRST >/dev/null || break
    sleep 0.02
  done
  kill -KILL -- "-$group" 2>/dev/null || true
  rm -f "$RUN/pid"
}

fail() {
  echo "SimpleSAMLphp: $1" >&2
  exit 1
}

case ${1:-} in
  install) install ;;
  start | stop) : "${RUN:?}" && "$1" ;;
  *) fail 'say install, start or stop' ;;
esac
