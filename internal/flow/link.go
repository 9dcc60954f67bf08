package flow

import (
	"net/url"
	"strings"
)

// webLink is an address that others told, if it is one of the web; empty if not: people are
// to follow it, and a javascript: address would run in our own page.
func webLink(told string) string {
	told = strings.TrimSpace(told)
	u, err := url.Parse(told)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return told
}
