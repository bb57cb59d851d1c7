#!/bin/sh
# Builds and runs go-oidc.go with Debian's Go packages, which need no module proxy: go.sh FOLDER.
set -e
export GOPATH=/usr/share/gocode GO111MODULE=off GOCACHE="${GOCACHE:-/tmp/gatepost-go-cache}"
go build -o "$1/app" go-oidc.go
exec "$1/app"
