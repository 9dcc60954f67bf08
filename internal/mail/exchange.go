package mail

import (
	"time"

	"doorstep/money"
)

// The kinds of message about an exchange, in the order of its life.
const (
	KindExchangeWaiting Kind = "exchange-waiting"
	KindExchangeDone    Kind = "exchange-done"
	KindExchangeLapsed  Kind = "exchange-lapsed"
)

// ExchangeWaiting asks for the difference to what costs more.
type ExchangeWaiting struct {
	Claim   Claim
	Article string // that comes instead
	Amount  money.Amount
	Until   time.Time // the last day to pay
}

// Kind is KindExchangeWaiting.
func (ExchangeWaiting) Kind() Kind { return KindExchangeWaiting }

// ExchangeDone says that the other article will come.
type ExchangeDone struct {
	Claim   Claim
	Article string
	Back    money.Amount // what goes back because it costs less; a zero Currency says nothing does
	Credit  bool         // as store credit
}

// Kind is KindExchangeDone.
func (ExchangeDone) Kind() Kind { return KindExchangeDone }

// ExchangeLapsed says that the other article will not come.
type ExchangeLapsed struct {
	Claim   Claim
	Article string
	Back    money.Amount // what goes back instead; a zero Currency says that a person looks first
}

// Kind is KindExchangeLapsed.
func (ExchangeLapsed) Kind() Kind { return KindExchangeLapsed }

func (v ExchangeWaiting) letter(s *scribe) letter {
	l := v.Claim.about(s, "exchange_waiting", func() []string {
		return []string{s.say("exchange_waiting_say", "article", v.Article, "amount", s.amount(v.Amount), "day", s.day(v.Until))}
	})
	l.Say = append(l.Say, s.say("exchange_waiting_else"))
	l.Button = s.link("exchange_pay", v.Claim.URL)
	return l
}

func (v ExchangeDone) letter(s *scribe) letter {
	return v.Claim.about(s, "exchange_done", func() []string {
		say := []string{s.say("exchange_done_say", "article", v.Article)}
		switch {
		case v.Back.Currency == "":
		case v.Credit:
			say = append(say, s.say("exchange_done_credit", "amount", s.amount(v.Back)))
		default:
			say = append(say, s.say("exchange_done_back", "amount", s.amount(v.Back)))
		}
		return say
	})
}

func (v ExchangeLapsed) letter(s *scribe) letter {
	return v.Claim.about(s, "exchange_lapsed", func() []string {
		say := []string{s.say("exchange_lapsed_say", "article", v.Article)}
		if v.Back.Currency == "" {
			return append(say, s.say("exchange_lapsed_look"))
		}
		return append(say, s.say("exchange_lapsed_back", "amount", s.amount(v.Back)))
	})
}

// exchangeSamples are those of Samples that are about exchanges.
func exchangeSamples(c Claim, now time.Time) []View {
	article := "Table lamp Alva, brass"
	return []View{
		ExchangeWaiting{Claim: c, Article: article, Amount: money.New(1250, "EUR"), Until: now.AddDate(0, 0, 7)},
		ExchangeDone{Claim: c, Article: article},
		ExchangeDone{Claim: c, Article: article, Back: money.New(1250, "EUR")},
		ExchangeDone{Claim: c, Article: article, Back: money.New(1250, "EUR"), Credit: true},
		ExchangeLapsed{Claim: c, Article: article, Back: money.New(8900, "EUR")},
		ExchangeLapsed{Claim: c, Article: article},
	}
}
