package outside

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Time-outs of the one client. A call must end well within a job's lease of a minute.
const (
	dialTimeout   = 5 * time.Second
	headerTimeout = 25 * time.Second
	callTimeout   = 30 * time.Second
	maxRedirects  = 3
)

// errPrivate answers a call to an address that is nobody's business outside.
var errPrivate = errors.New("the address is private; allow private addresses if it is meant")

// closed are address ranges that are not of the public Internet and that netip has no word
// for: shared and benchmark networks, reserved ones, and IPv4 carried in IPv6.
var closed = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}

// newClient is the one way to the network: it looks at the address after the name was
// resolved (so that no name leads inside, not even one that changes), follows redirects on
// the same host only, and gives up in time. It uses no proxy: a proxy would look names up
// where we cannot see it.
func newClient(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	if !o.AllowPrivate {
		dialer.Control = refusePrivate
	}
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			ResponseHeaderTimeout: headerTimeout, IdleConnTimeout: 60 * time.Second, MaxIdleConns: 100,
			MaxIdleConnsPerHost: 16, MaxConnsPerHost: 32,
		}
	}
	return &http.Client{Transport: named{transport, o.Agent}, Timeout: callTimeout, CheckRedirect: sameHost}
}

// refusePrivate is asked with the address that is about to be dialled.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	if !public(at.Addr()) {
		return fmt.Errorf("%s: %w", at.Addr(), errPrivate)
	}
	return nil
}

// public says whether an address is one of the public Internet. The metadata services of
// clouds (169.254.169.254, fd00:ec2::254) are not.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range closed {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// sameHost lets a redirect through only if it stays with the host that was called, and
// does not fall from https to http: what we send carries credentials.
func sameHost(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case len(via) > maxRedirects:
		return errors.New("redirected too often")
	case req.URL.Host != first.Host || first.Scheme == "https" && req.URL.Scheme != "https":
		return fmt.Errorf("redirected from %s to another host", first.Host)
	}
	return nil
}

// named adds the User-Agent where a connector set none.
type named struct {
	next  http.RoundTripper
	agent string
}

// RoundTrip sends the request.
func (n named) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("User-Agent") == "" {
		r = r.Clone(r.Context())
		r.Header.Set("User-Agent", n.agent)
	}
	return n.next.RoundTrip(r)
}
