package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestVisitorsBehindProxies(t *testing.T) {
	t.Parallel()
	of, err := visitors([]string{"10.0.0.0/8", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"nobody between":              {"203.0.113.7:4", nil, "203.0.113.7"},
		"a stranger claims":           {"203.0.113.7:4", []string{"1.2.3.4"}, "203.0.113.7"},
		"a proxy says":                {"10.1.2.3:4", []string{"203.0.113.7"}, "203.0.113.7"},
		"two proxies":                 {"10.1.2.3:4", []string{"203.0.113.7, 10.9.9.9"}, "203.0.113.7"},
		"two headers":                 {"10.1.2.3:4", []string{"203.0.113.7", "10.9.9.9"}, "203.0.113.7"},
		"a visitor claims before":     {"10.1.2.3:4", []string{"1.2.3.4, 203.0.113.7"}, "203.0.113.7"},
		"a proxy says nothing":        {"10.1.2.3:4", nil, "10.1.2.3"},
		"a proxy says rubbish":        {"10.1.2.3:4", []string{"unknown"}, "10.1.2.3"},
		"the newer protocol":          {"[2001:db8::1]:4", []string{"2001:db8:5::9"}, "2001:db8:5::9"},
		"a stranger of the newer one": {"[2001:db8::2]:4", []string{"1.2.3.4"}, "2001:db8::2"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{}}
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		if got := of(r); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTrustedProxiesAreAddresses(t *testing.T) {
	t.Parallel()
	if of, err := visitors(nil); of != nil || err != nil {
		t.Errorf("none: %v", err)
	}
	if _, err := visitors([]string{"proxy.example"}); err == nil || !strings.Contains(err.Error(), "--trusted-proxies") {
		t.Errorf("a name: %v", err)
	}
}
