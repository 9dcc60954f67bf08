package outside

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/store"
	"doorstep/payment"
	"doorstep/supplier"
)

const (
	webhookPath = "/webhooks/"
	maxMessage  = 1 << 20 // bytes of one message
)

// message is what came in, in flow's words.
type message struct {
	key      string
	said     said
	offers   []supplier.Offer
	skus     []string
	recheck  []supplier.Ref
	unsigned bool // anybody may have sent it
}

// Webhooks takes in what others tell by themselves: POST /webhooks/<kind>/<connector name>,
// with ?store= where there are several. The answer is 200 only after everything was stored;
// until then the other side keeps it and sends it again. Without a message, or by GET, it says
// that the address is right: vendors look before they send.
func (o *Outside) Webhooks() http.Handler { return http.HandlerFunc(o.webhook) }

func (o *Outside) webhook(w http.ResponseWriter, r *http.Request) {
	if strings.TrimRight(r.URL.Path, "/") == mailHookPath {
		o.mailHook(w, r)
		return
	}
	kind, name, ok := strings.Cut(strings.Trim(strings.TrimPrefix(r.URL.Path, webhookPath), "/"), "/")
	if !ok || name == "" || strings.Contains(name, "/") {
		answer(w, http.StatusNotFound, "the address is /webhooks/<kind>/<connector name>")
		return
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		answer(w, http.StatusMethodNotAllowed, "messages come by POST")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		answer(w, http.StatusRequestEntityTooLarge, "a message has at most 1 MiB")
		return
	}
	if err != nil {
		answer(w, http.StatusBadRequest, "the message is cut short")
		return
	}
	status, words := o.hearFrom(r, kind, name, body)
	answer(w, status, words)
}

// hearFrom verifies a message, translates it and stores it with all that follows.
func (o *Outside) hearFrom(r *http.Request, kind, name string, body []byte) (status int, words string) {
	ctx := r.Context()
	p, err := o.addressee(ctx, id.Store(r.URL.Query().Get("store")), kind, name)
	switch {
	case errors.Is(err, store.ErrUnknown):
		return http.StatusNotFound, "no such connector"
	case err != nil:
		o.log.Error("a message could not be read", "kind", kind, "connector", name, "error", err)
		return http.StatusServiceUnavailable, "not now"
	}
	if empty(body) {
		return http.StatusOK, "" // somebody finds out whether the address answers, as CJ does before it sends
	}
	m, err := p.receive(r.Header, body)
	switch {
	case errors.Is(err, connector.ErrForged):
		o.log.Warn("a message is not from whom it claims", "kind", kind, "connector", name, "error", err)
		return http.StatusUnauthorized, "the signature does not hold"
	case errors.Is(err, connector.ErrIgnored):
		return http.StatusOK, ""
	case err != nil:
		o.log.Warn("a message makes no sense", "kind", kind, "connector", name, "error", err)
		return http.StatusBadRequest, "the message makes no sense"
	}
	if m.key == "" {
		sum := sha256.Sum256(body)
		m.key = "sha256:" + hex.EncodeToString(sum[:])
	}
	if err := o.take(ctx, p, m, body); err != nil {
		o.log.Error("a message could not be taken in", "kind", kind, "connector", name, "key", m.key, "error", err)
		return http.StatusInternalServerError, "not now"
	}
	return http.StatusOK, ""
}

// empty says whether a body tells nothing, so that no signature is needed to take it.
func empty(body []byte) bool {
	text := string(bytes.TrimSpace(body))
	return text == "" || text == "{}"
}

// addressee is the connector that a message is for.
func (o *Outside) addressee(ctx context.Context, s id.Store, kind, name string) (*plug, error) {
	if first, ok := store.FirstNow(o.db); s == "" && ok {
		s = first.StoreID
	}
	if s == "" {
		err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
			first, err := store.KeptFirst(ctx, tx)
			s = first.StoreID
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return o.plugNamed(ctx, s, kind, name)
}

// receive has the connector verify and translate a message; it makes no calls.
func (p *plug) receive(header http.Header, body []byte) (message, error) {
	if r, ok := p.supplier.(supplier.Receiver); ok {
		got, err := r.Receive(header, body)
		m := message{key: got.Key, offers: got.Offers, skus: got.SKUs, recheck: got.Recheck, unsigned: got.Unsigned}
		for _, s := range got.Status {
			m.said.Orders = append(m.said.Orders, supplierSaid(s))
		}
		return m, err
	}
	if r, ok := p.payment.(payment.Receiver); ok {
		got, err := r.Receive(header, body)
		m := message{key: got.Key}
		for _, s := range got.Payments {
			m.said.Payments = append(m.said.Payments, paymentSaid(s, p))
		}
		for _, s := range got.Refunds {
			m.said.Refunds = append(m.said.Refunds, refundSaid(s, p))
		}
		for _, s := range got.Disputes {
			m.said.Disputes = append(m.said.Disputes, disputeSaid(s, p))
		}
		return m, err
	}
	if r, ok := p.carrier.(carrier.Receiver); ok {
		tracks, key, err := r.Receive(header, body)
		m := message{key: key}
		for _, t := range tracks {
			if t.Err == nil {
				m.said.Tracks = append(m.said.Tracks, trackSaid(t, p))
			}
		}
		return m, err
	}
	return message{}, connector.ErrIgnored
}

// take stores a message and what follows from it, in one transaction; a repeated one changes
// nothing. Of one that anybody may have sent nothing is kept: it would fill the database
// at their wish, and stand in the way of the true one with its key.
func (o *Outside) take(ctx context.Context, p *plug, m message, body []byte) error {
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if m.unsigned {
			return o.lookFor(ctx, tx, p, m.recheck)
		}
		fresh, err := store.Seen(ctx, tx, p.row.StoreID, p.row.ConnectorID, m.key, body)
		if err != nil || !fresh {
			return err
		}
		return o.hear(ctx, tx, p, m)
	})
}

// answer is what every sender understands: CJ wants this JSON, others look at the status.
func answer(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text := `{"code":200,"result":true}`
	if status != http.StatusOK {
		text = `{"code":` + lineID(int64(status)) + `,"result":false,"message":"` + words + `"}`
	}
	_, _ = io.WriteString(w, text) // who went away asks again
}
