package mail

import (
	"fmt"
	"strings"
	"time"
)

// KindGoodwill is the mail about an order that is later than was promised.
const KindGoodwill Kind = "goodwill"

// Goodwill brings a code for the next order, for the wait.
type Goodwill struct {
	Order  Order
	Code   string
	Points int64     // basis points off
	Until  time.Time // the code holds until then
	URL    string    // the shop
}

// Kind is KindGoodwill.
func (Goodwill) Kind() Kind { return KindGoodwill }

func (v Goodwill) letter(s *scribe) letter {
	share := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", v.Points/100, v.Points%100), "0"), ".")
	return letter{
		Subject: s.say("goodwill_subject", "number", v.Order.Number),
		Preview: s.say("goodwill_preview", "share", share),
		Title:   s.hello("goodwill_title", v.Order.Name),
		Say:     []string{s.say("goodwill_say", "number", v.Order.Number), s.say("goodwill_gift", "share", share)},
		Button:  s.link("offer_button", v.URL),
		Blocks: []block{{Facts: []fact{{Name: s.say("offer_code"), Value: oneLine(v.Code), Strong: true, Code: true}},
			Note: s.say("goodwill_until", "day", s.day(v.Until))}},
	}
}
