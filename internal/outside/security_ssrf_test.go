package outside

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"doorstep/connector"
)

// TestEverySpellingOfInsideIsRefused: the address is judged when it is dialled, so that it does
// not matter how it was written, who resolved it, or what it resolved to a moment ago.
func TestEverySpellingOfInsideIsRefused(t *testing.T) {
	t.Parallel()
	var reached atomic.Int64
	here := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(here.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(here.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0.0.0.0", "[::1]", "[::]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "[fe80::1%25lo]", "user:pass@127.0.0.1", "169.254.169.254", "[fd00:ec2::254]"} {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+":"+port+"/", nil)
		if err == nil {
			_, err = connector.Call(ctx, newClient(Options{}), req)
		}
		cancel()
		if err == nil {
			t.Errorf("%s was called", host)
		}
	}
	if reached.Load() > 0 {
		t.Errorf("the inside was reached %d times", reached.Load())
	}
}

// TestANameThatChangesIsRefused plays a name that was public when it was looked at and leads
// inside when it is dialled (DNS rebinding): what counts is the address that is dialled.
func TestANameThatChangesIsRefused(t *testing.T) {
	t.Parallel()
	for _, dialled := range []string{"127.0.0.1:80", "[::ffff:10.0.0.1]:443", "[fe80::1%eth0]:80", "169.254.169.254:80", "not an address"} {
		if err := refusePrivate("tcp", dialled, nil); err == nil {
			t.Errorf("%s was let through", dialled)
		}
	}
	if err := refusePrivate("tcp", netip.AddrPortFrom(netip.MustParseAddr("93.184.216.34"), 443).String(), nil); err != nil {
		t.Error(err)
	}
	if _, err := get(t, Options{}, "http://127.0.0.1:1/"); !errors.Is(err, errPrivate) {
		t.Errorf("a refusal is told as %v", err)
	}
	if proxy := newClient(Options{}).Transport.(named).next.(*http.Transport).Proxy; proxy != nil { //nolint:forcetypeassert // made by newClient
		t.Error("a proxy would look names up where nobody judges them")
	}
}
