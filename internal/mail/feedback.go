package mail

import "time"

// The kinds of message that a customer can do without; each says how to get no more of them.
const (
	KindReview Kind = "review-request"
	KindOffer  Kind = "offer"
)

// Review asks what somebody thinks of what they bought.
type Review struct {
	Order       Order
	Lines       []Line
	URL         string // where to say it, with its secret
	Unsubscribe string // the page that ends such messages
}

// Kind is KindReview.
func (Review) Kind() Kind { return KindReview }

func (v Review) letter(s *scribe) letter {
	return letter{
		Subject:     s.say("review_subject", "number", v.Order.Number),
		Preview:     s.say("review_preview"),
		Title:       s.hello("review_title", v.Order.Name),
		Say:         []string{s.say("review_say", "number", v.Order.Number), s.say("review_wrong")},
		Button:      s.link("review_button", v.URL),
		Blocks:      s.lines(s.say("review_lines"), v.Lines),
		Unsubscribe: s.link("unsubscribe", v.Unsubscribe),
	}
}

// Offer is something for the next time, to somebody who agreed to it.
type Offer struct {
	Order       Order
	Code        string // a discount code; may be empty
	URL         string // the shop
	Unsubscribe string // the page that ends such messages
}

// Kind is KindOffer.
func (Offer) Kind() Kind { return KindOffer }

func (v Offer) letter(s *scribe) letter {
	l := letter{
		Subject:     s.say("offer_subject", "store", s.brand.Name),
		Preview:     s.say("offer_preview"),
		Title:       s.hello("offer_title", v.Order.Name),
		Say:         []string{s.say("offer_say")},
		Button:      s.link("offer_button", v.URL),
		Unsubscribe: s.link("unsubscribe", v.Unsubscribe),
	}
	if code := oneLine(v.Code); code != "" {
		l.Blocks = []block{{Facts: []fact{{Name: s.say("offer_code"), Value: code, Strong: true, Code: true}}, Note: s.say("offer_code_note")}}
	}
	return l
}

// feedbackSamples are those of Samples that a customer can do without.
func feedbackSamples(base string, order Order, line Line) []View {
	end := base + "/unsubscribe/cu_1?token=b2xkLWtleQ"
	return []View{
		Review{Order: order, Lines: []Line{line}, URL: base + "/orders/or_1/review?token=b2xkLWtleQ", Unsubscribe: end},
		Offer{Order: order, Code: "THANKS10", URL: base + "/", Unsubscribe: end},
		Goodwill{Order: order, Code: "SORRY-7K2M9QXA", Points: 1000, Until: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC), URL: base + "/"},
		Offer{Order: Order{Number: order.Number, URL: order.URL}, URL: base + "/", Unsubscribe: end},
		Goodwill{Order: Order{Number: order.Number, URL: order.URL}, Code: "SORRY-1", Points: 1250, Until: time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC), URL: base + "/"},
		Review{Order: Order{Number: order.Number, URL: order.URL}, Lines: []Line{line}, URL: base + "/orders/or_1/review?token=b2xkLWtleQ", Unsubscribe: end},
	}
}
