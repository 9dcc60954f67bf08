package emulator

import (
	"maps"
	"slices"
)

// Book is what the account knows of one payment: a session with its intent, or an intent
// alone. Amounts are minor units as Stripe counts them.
type Book struct {
	Session, Intent string // names; empty if there is none
	State           string // of the intent, else of the session
	Currency        string // lower case
	Asked           int64
	Authorised      int64 // reserved now
	Captured        int64
	Captures        int // how often money was taken
	Refunded        int64
	Fee             int64
	Disputed        bool
	Metadata        map[string]string
	Refunds         []BookedRefund
}

// BookedRefund is one refund of a payment.
type BookedRefund struct {
	Ref, State string
	Amount     int64
	Metadata   map[string]string
}

// Total is the money of one currency.
type Total struct {
	Captured, Refunded, Fees, Disputed, Balance int64
}

// Books are all payments, oldest first.
func (s *Server) Books() []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age()
	var out []Book
	for _, x := range s.sessions.list {
		b := Book{Session: x.id, State: x.status, Currency: x.currency, Asked: x.amount, Metadata: maps.Clone(x.metadata)}
		if x.intent != nil {
			s.fill(&b, x.intent)
		}
		out = append(out, b)
	}
	for _, x := range s.intents.list {
		if x.session == nil {
			b := Book{Currency: x.currency, Asked: x.amount, Metadata: maps.Clone(x.metadata)}
			s.fill(&b, x)
			out = append(out, b)
		}
	}
	return out
}

func (s *Server) fill(b *Book, x *intent) {
	b.Intent, b.State, b.Authorised = x.id, x.status, x.capturable
	b.Captured, b.Captures = x.received, x.captures
	if x.charge != nil {
		b.Disputed = x.charge.disputed
		if x.charge.move != nil {
			b.Fee = x.charge.move.fee
		}
	}
	for _, r := range s.refunds.list {
		if r.charge.intent != x {
			continue
		}
		b.Refunds = append(b.Refunds, BookedRefund{r.id, r.status, r.amount, maps.Clone(r.metadata)})
		if r.status != "failed" {
			b.Refunded += r.amount
		}
	}
}

// Totals are the sums by currency (lower case). Balance = Captured − Refunded − Fees −
// Disputed holds always.
func (s *Server) Totals() map[string]Total {
	books := s.Books()
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Total{}
	for _, b := range books {
		t := out[b.Currency]
		t.Captured += b.Captured
		t.Refunded += b.Refunded
		out[b.Currency] = t
	}
	for _, m := range s.moves.list {
		t := out[m.currency]
		t.Fees += m.fee
		if m.kind == "adjustment" {
			t.Disputed -= m.amount
		}
		t.Balance += m.amount - m.fee
		out[m.currency] = t
	}
	return out
}

// Disputes are the names of all disputes, oldest first, with their states.
func (s *Server) Disputes() (names []string, states map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	states = map[string]string{}
	for _, d := range s.disputes.list {
		names, states[d.id] = append(names, d.id), d.status
	}
	return slices.Clip(names), states
}
