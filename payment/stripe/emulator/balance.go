package emulator

import (
	"maps"
	"slices"
	"time"
)

// move is a balance transaction: money that entered or left the account.
type move struct {
	id, kind, source, currency string
	created                    time.Time
	amount, fee                int64 // net = amount - fee
}

func (x *move) name() string     { return x.id }
func (x *move) birth() time.Time { return x.created }

// fee is 1.5 % rounded to the nearest minor unit, and 25 minor units.
func fee(amount int64) int64 { return (amount*15+500)/1000 + 25 }

// book writes a balance transaction.
func (s *Server) book(kind, source string, amount, fee int64, currency string) *move {
	x := &move{id: newName("txn"), kind: kind, source: source, currency: currency, created: s.o.World.Now(), amount: amount, fee: fee}
	s.moves.add(x)
	return x
}

func (s *Server) getMove(c call) (object, *fault) {
	x := s.moves.byID[c.id]
	if x == nil {
		return nil, missing("balance transaction", c.id, "id")
	}
	return s.showMove(x), nil
}

func (s *Server) listMoves(c call) (object, *fault) {
	source := c.form.text("source")
	return page(c, s.moves.list, func(x *move) bool { return source == "" || x.source == source }, (*move).birth, s.showMove)
}

func (s *Server) showMove(x *move) object {
	details := []any{}
	if x.fee != 0 {
		details = append(details, object{"amount": x.fee, "application": nil, "currency": x.currency, "description": "Stripe processing fees", "type": "stripe_fee"})
	}
	return object{
		"id": x.id, "object": "balance_transaction", "type": x.kind, "reporting_category": x.kind, "source": x.source,
		"amount": x.amount, "fee": x.fee, "net": x.amount - x.fee, "currency": x.currency, "fee_details": details,
		"created": x.created.Unix(), "available_on": x.created.Unix(), "status": "available", "description": nil,
		"exchange_rate": nil, "balance_type": "payments",
	}
}

func (s *Server) getBalance(call) (object, *fault) {
	rows, none := []any{}, []any{}
	sums := s.sums()
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		row := object{"amount": sums[currency], "currency": currency, "source_types": object{"card": sums[currency]}}
		rows = append(rows, row)
		none = append(none, object{"amount": 0, "currency": currency, "source_types": object{"card": 0}})
	}
	return object{"object": "balance", "livemode": false, "available": rows, "pending": none}, nil
}

func (s *Server) sums() map[string]int64 {
	sums := map[string]int64{}
	for _, x := range s.moves.list {
		sums[x.currency] += x.amount - x.fee
	}
	return sums
}
