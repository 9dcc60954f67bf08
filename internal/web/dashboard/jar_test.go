package dashboard_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
)

func newJar() http.CookieJar {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it returns none
	}
	return jar
}

func mustParse(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u
}
