package metrics

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
)

// forwarded are the headers by which proxies say that they asked for somebody else.
func forwarded() []string {
	return []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"}
}

// mayLook says whether a request may see the figures.
func mayLook(r *http.Request, token string) bool {
	if token != "" {
		given, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		one, other := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(token))
		return found && subtle.ConstantTimeCompare(one[:], other[:]) == 1
	}
	for _, name := range forwarded() {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	at := net.ParseIP(host)
	return at != nil && at.IsLoopback()
}
