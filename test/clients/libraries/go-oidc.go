// An app with go-oidc and x/oauth2, the libraries of most Go programs.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"sync"

	oidc "github.com/coreos/go-oidc"
	"golang.org/x/oauth2"
)

var issuer, origin = os.Getenv("ISSUER"), "http://localhost:" + os.Getenv("PORT")
var sessions sync.Map

func random() string {
	bytes := make([]byte, 32)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func sessionOf(r *http.Request) *session {
	cookie, err := r.Cookie("app")
	if err != nil {
		return &session{}
	}
	found, ok := sessions.Load(cookie.Value)
	if !ok {
		return &session{}
	}
	return found.(*session)
}

// docs: settings
type session struct {
	verifier, state, nonce, idToken string
	tokens                          *oauth2.Token
}

func routes(ctx context.Context) (*oidc.Provider, *oauth2.Config) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		panic(err)
	}
	config := &oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  origin + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "email", "profile", oidc.ScopeOfflineAccess},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: config.ClientID})

	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		s, name := &session{verifier: random(), state: random(), nonce: random()}, random()
		sessions.Store(name, s)
		http.SetCookie(w, &http.Cookie{Name: "app", Value: name, HttpOnly: true, Path: "/"})
		challenge := sha256.Sum256([]byte(s.verifier))
		http.Redirect(w, r, config.AuthCodeURL(s.state, oidc.Nonce(s.nonce),
			oauth2.SetAuthURLParam("code_challenge_method", "S256"),
			oauth2.SetAuthURLParam("code_challenge",
				base64.RawURLEncoding.EncodeToString(challenge[:]))), http.StatusFound)
	})

	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		s := sessionOf(r)
		if s.state == "" || r.URL.Query().Get("state") != s.state {
			http.Error(w, "another state", http.StatusBadRequest)
			return
		}
		tokens, err := config.Exchange(ctx, r.URL.Query().Get("code"),
			oauth2.SetAuthURLParam("code_verifier", s.verifier))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		s.tokens, s.idToken = tokens, tokens.Extra("id_token").(string)
		idToken, err := verifier.Verify(ctx, s.idToken)
		if err != nil || idToken.Nonce != s.nonce {
			http.Error(w, "not the ID token of this login", http.StatusBadGateway)
			return
		}
		http.Redirect(w, r, "/me", http.StatusFound)
	})
	return provider, config
}

// docs: end

func answer(w http.ResponseWriter, value interface{}, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("content-type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func main() {
	ctx := context.Background()
	provider, config := routes(ctx)
	userinfo := func(tokens *oauth2.Token) (map[string]interface{}, error) {
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		claims := map[string]interface{}{}
		if err == nil {
			err = info.Claims(&claims)
		}
		return claims, err
	}
	http.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		claims, err := userinfo(sessionOf(r).tokens)
		answer(w, claims, err)
	})
	http.HandleFunc("/refresh", func(w http.ResponseWriter, r *http.Request) {
		old := &oauth2.Token{RefreshToken: sessionOf(r).tokens.RefreshToken}
		tokens, err := config.TokenSource(ctx, old).Token()
		if err != nil {
			answer(w, nil, err)
			return
		}
		claims, err := userinfo(tokens)
		answer(w, claims, err)
	})
	http.HandleFunc("/logout", func(w http.ResponseWriter, r *http.Request) {
		query := url.Values{"id_token_hint": {sessionOf(r).idToken},
			"post_logout_redirect_uri": {origin + "/bye"}}
		http.Redirect(w, r, issuer+"/oauth2/logout?"+query.Encode(), http.StatusFound)
	})
	http.HandleFunc("/bye", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]bool{"left": true}, nil)
	})
	http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { answer(w, nil, nil) })
	panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
