package outside

import (
	"strings"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/flow"
	"doorstep/internal/mail"
	"doorstep/money"
)

// claim is a mail about a claim.
func (l letterer) claim(about mail.Order) mail.View {
	c := l.c.Claim
	only := map[int64]int64{}
	for _, u := range l.c.ClaimUnits {
		only[u.LineID] += u.Units
	}
	told := mail.Claim{Order: about, Number: c.Number, URL: l.page("/claims/" + string(c.ClaimID)), Lines: l.lines(only), Words: l.c.ClaimWords}
	switch l.c.Mail.Kind {
	case flow.MailClaimAsked:
		return mail.ClaimAsked{Claim: told, Until: l.until(l.set.Claims.AnswerFor)}
	case flow.MailClaimApproved:
		return l.approved(told)
	case flow.MailClaimWayBack:
		return l.wayBack(told)
	case flow.MailClaimReturned:
		return mail.ClaimReturned{Claim: told}
	case flow.MailClaimDeclined:
		return mail.ClaimDeclined{Claim: told}
	case flow.MailClaimAppealed:
		return mail.ClaimAppealed{Claim: told}
	case flow.MailClaimEnded:
		return mail.ClaimWithdrawn{Claim: told}
	case flow.MailClaimRunOut:
		return mail.ClaimRunOut{Claim: told, Cancelled: c.State == claim.Over}
	case flow.MailExchangeWaiting, flow.MailExchangeDone, flow.MailExchangeLapsed:
		return l.exchange(told)
	}
	return mail.ClaimOpened{Claim: told}
}

// approved is what the customer gets: at once, or once the goods are back.
func (l letterer) approved(told mail.Claim) mail.View {
	c := l.c.Claim
	v := mail.ClaimApproved{Claim: told, Amount: money.New(c.AmountMinor, l.c.Order.Currency), Keep: c.Outcome == claim.Keep || c.Outcome == claim.Partial,
		Replacement: c.Outcome == claim.Replacement, Credit: c.ToCredit}
	if c.State == claim.Returning {
		v.ReturnTo, v.ReturnPaid, v.Until = strings.Split(c.ReturnTo, "\n"), c.ReturnPaid, l.until(l.set.Claims.ReturnFor)
		v.ReturnWords = l.set.Claims.ReturnWords
	}
	if x := l.c.Exchange; x != nil && c.Outcome == claim.Exchanged {
		v.Article = x.Name()
	}
	return v
}

// wayBack is a label for what is to be sent back, or what came of the receipt for it.
func (l letterer) wayBack(told mail.Claim) mail.View {
	r := l.c.ClaimReturn
	switch {
	case l.c.What == "claim.receipt-refused":
		return mail.ClaimWayBack{Claim: told, Refused: true}
	case l.c.What == "claim.receipt-paid", l.c.What == "" && r.PaidAt != 0: // looked at, it is about the newest
		return mail.ClaimWayBack{Claim: told, Back: r.Back(), Credit: r.Credited()}
	}
	return mail.ClaimWayBack{Claim: told}
}

// exchange is a mail about another article that is sent instead.
func (l letterer) exchange(told mail.Claim) mail.View {
	c, x := l.c.Claim, l.c.Exchange
	if x == nil { // somebody looks at what the mail would be for a claim that is none
		x = &claim.Exchange{Currency: l.c.Order.Currency}
	}
	switch l.c.Mail.Kind {
	case flow.MailExchangeWaiting:
		return mail.ExchangeWaiting{Claim: told, Article: x.Name(), Amount: x.Difference(), Until: l.payUntil(*x)}
	case flow.MailExchangeDone:
		v := mail.ExchangeDone{Claim: told, Article: x.Name(), Credit: c.ToCredit}
		if less := x.Difference(); less.Minor < 0 {
			v.Back = money.New(-less.Minor, less.Currency)
		}
		return v
	}
	v := mail.ExchangeLapsed{Claim: told, Article: x.Name()}
	if c.AmountMinor > 0 && (c.State == claim.Settling || c.State == claim.Settled) {
		v.Back = money.New(c.AmountMinor, x.Currency)
	}
	return v
}

// payUntil is the customer's last day to pay the difference.
func (l letterer) payUntil(x claim.Exchange) time.Time {
	if x.DueAt != 0 {
		return x.DueAt.Std()
	}
	return l.o.o.Clock().Add(l.set.Claims.PayFor)
}

// until is the customer's last day; where the claim has none any more, as when the mail is
// only looked at, it is reckoned from now.
func (l letterer) until(usually time.Duration) time.Time {
	if due := l.c.Claim.DueAt; due != 0 {
		return due.Std()
	}
	return l.o.o.Clock().Add(usually)
}
