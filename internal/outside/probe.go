package outside

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// Probe is what came of testing a connection: what was called, how long it took, what came
// back, and what to do about it.
type Probe struct {
	OK      bool
	Asked   bool   // false: the other side offers nothing that could be asked without changing anything
	Calls   []Call // in their order; the ways to the mail server are not among them
	Took    time.Duration
	Words   string        // what it came to, in a sentence
	Fix     string        // what to do; empty when it works
	Answer  string        // the other side's own words or the cause, without secrets
	Skew    time.Duration // how far the other side's clock is ahead of ours; 0 where it is near
	Expires time.Time     // when somebody must give new keys; zero: unknown, or never
}

// Call is one request of a probe: without its query, which may hold a token.
type Call struct {
	Method, Host, Path string
	Status             int // 0: no answer
	Took               time.Duration
}

// tooSkewed is how far clocks may be apart before signed requests are refused somewhere.
const tooSkewed = 2 * time.Minute

// probePatience is how long a person waits for the answer.
const probePatience = 20 * time.Second

// ProbeConnector asks a connector's other side whether the settings work, with no transaction
// open and without changing anything there. One that was refused before and works now is
// active again. The error is one of ours; what the other side says is in the Probe.
func (o *Outside) ProbeConnector(ctx context.Context, s id.Store, kind connector.Kind, name string) (Probe, error) {
	plug, err := o.plugNamed(ctx, s, string(kind), name)
	if errors.Is(err, errNotOpen) {
		return Probe{Words: "The settings cannot be used.", Fix: "Correct the settings below and store them.", Answer: err.Error()}, nil
	}
	if err != nil {
		return Probe{}, err
	}
	asking, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	notes := &notebook{}
	began := time.Now()
	asked, err := o.check(context.WithValue(asking, notebookKey{}, notes), plug)
	p := notes.probe()
	p.Asked, p.Took = asked, time.Since(began)
	p.judge(plug, err)
	if err != nil {
		return p, ctx.Err()
	}
	p.Expires = expiryOf(asking, plug)
	if plug.row.State != store.Refused {
		return p, nil
	}
	return p, o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.ConnectorWorks(ctx, tx, s, plug.row.ConnectorID)
	})
}

// check asks whichever side of the plug can be asked.
func (o *Outside) check(ctx context.Context, p *plug) (asked bool, err error) {
	for _, c := range []any{p.supplier, p.payment, p.carrier} {
		if can, ok := c.(checker); ok {
			return true, o.call(ctx, p, func(ctx context.Context) error { return can.Check(ctx) })
		}
	}
	return false, nil
}

func expiryOf(ctx context.Context, p *plug) time.Time {
	for _, c := range []any{p.supplier, p.payment, p.carrier} {
		if can, ok := c.(connector.Expirer); ok {
			at, err := can.Expires(ctx)
			if err == nil {
				return at
			}
		}
	}
	return time.Time{}
}

// judge puts the outcome into words.
func (p *Probe) judge(plug *plug, err error) {
	if err == nil {
		p.OK, p.Words = true, "It works: the other side knows us."
		if !p.Asked {
			p.Words = "The settings are whole. There is nothing to call here: people do the rest."
		}
		return
	}
	p.Answer = err.Error()
	p.Words, p.Fix = cause(err)
	if connector.OutcomeOf(err) == connector.WasNotLetIn {
		p.Words, p.Fix = p.notLetIn()
	}
	if p.Skew != 0 {
		p.Fix = fmt.Sprintf("This machine's clock is %s apart from theirs, and signed calls fail then: set it by NTP and test again. ", p.Skew.Abs().Round(time.Second)) + p.Fix
	}
	if plug.row.Kind == string(connector.Supplier) && len(p.Calls) == 0 && strings.Contains(p.Answer, "mail") {
		p.Fix = "Look at the mail server under Settings, Mail: orders to this supplier go out by it."
	}
}

// notLetIn tells a wrong key from one that may too little.
func (p *Probe) notLetIn() (words, fix string) {
	n := len(p.Calls)
	if n > 0 && p.Calls[n-1].Status == http.StatusForbidden || strings.Contains(strings.ToLower(p.Answer), "insufficient") {
		return "The other side knows the key, and does not allow it this call.",
			"Give the key or the app the rights (scopes) named in the answer, at the other side, and test again."
	}
	return "The other side does not let us in.",
		"The key is wrong, was revoked, or has run out. Copy it anew from the other side, without spaces, enter it below and store it. A test key works only with the test address, and a live key with the live one."
}

// cause is why nothing came back, and what to do.
func cause(err error) (words, fix string) {
	var name *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	var dial *net.OpError
	switch {
	case errors.Is(err, errPrivate):
		return "The address leads into a private network, and calls there are switched off.",
			"Start Doorstep with --allow-private if this is a practice server or a supplier in your own house."
	case errors.As(err, &name):
		return "The name " + name.Name + " could not be found.", "Look at the API address below, and whether this machine reaches the Internet."
	case errors.As(err, &unknown), errors.As(err, &wrongHost), errors.As(err, &invalid):
		return "The other side's certificate does not hold.", "Look at the API address below and at this machine's clock. Never go around this."
	case errors.Is(err, context.DeadlineExceeded):
		return "No answer came in time.", "Test again in a minute. If it stays so, look whether a firewall stops calls from this machine."
	case errors.As(err, &dial):
		return "Nobody answers there.", "Look at the API address below, and whether this machine reaches the Internet."
	case errors.Is(err, io.EOF):
		return "The other side hung up before it answered.", "Test again in a minute. If it stays so, look whether the API address below is the right one."
	}
	switch connector.OutcomeOf(err) {
	case connector.WasNotSent:
		return "The other side asks us to wait, or could not be reached.", "Test again in a minute."
	case connector.WasRejected:
		return "The other side answered, and refused.", "Its own words are below; correct what they name."
	default:
		return "The answer cannot be understood.", "Test again in a minute. If it stays so, look whether the API address below is the right one."
	}
}

// --- what is called meanwhile

type notebookKey struct{}

// notebook notes the calls of one probe. Connectors may call in parallel.
type notebook struct {
	mu    sync.Mutex
	calls []Call
	skew  time.Duration
}

func (n *notebook) probe() Probe {
	n.mu.Lock()
	defer n.mu.Unlock()
	return Probe{Calls: n.calls, Skew: n.skew}
}

// watched notes what a call comes to where its context carries a notebook.
type watched struct {
	next http.RoundTripper
	now  func() time.Time
}

// RoundTrip passes the request on.
func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	notes, watching := r.Context().Value(notebookKey{}).(*notebook)
	if !watching {
		return w.next.RoundTrip(r)
	}
	began := time.Now()
	answer, err := w.next.RoundTrip(r)
	call := Call{Method: r.Method, Host: r.URL.Host, Path: r.URL.Path, Took: time.Since(began)}
	notes.mu.Lock()
	defer notes.mu.Unlock()
	if answer != nil {
		call.Status = answer.StatusCode
		if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
			if skew := at.Sub(w.now()); skew.Abs() > tooSkewed {
				notes.skew = skew
			}
		}
	}
	notes.calls = append(notes.calls, call)
	return answer, err
}

// watch is the program's client whose calls can be noted.
func (o *Outside) watch() *http.Client {
	client := *o.client
	client.Transport = watched{o.client.Transport, o.o.Clock}
	return &client
}

// CheckMail connects to the store's mail server and signs in; nothing is sent.
func (m storeMailer) CheckMail(ctx context.Context) error {
	set, err := m.o.settings(ctx, m.store)
	if err != nil {
		return &connector.NotSent{Err: err}
	}
	sender, err := m.o.senderOf(set)
	if err != nil {
		return &connector.NotSent{Err: err}
	}
	return sender.Check(ctx)
}

var _ connector.MailChecker = storeMailer{}
