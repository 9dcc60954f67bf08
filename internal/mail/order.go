package mail

func (v Confirmed) letter(s *scribe) letter {
	l := letter{
		Subject: s.say("confirmed_subject", "number", v.Order.Number),
		Preview: s.say("confirmed_preview"),
		Title:   s.hello("confirmed_title", v.Order.Name),
		Say:     []string{s.say("confirmed_say", "number", v.Order.Number)},
		Button:  s.link("view_order", v.Order.URL),
		Steps:   s.steps(1),
	}
	if w := s.window(v.Expected); w != "" {
		l.Preview = s.say("confirmed_expected", "window", w)
		l.Say = append(l.Say, l.Preview)
	}
	l.Blocks = s.lines(s.say("order_number", "number", v.Order.Number), v.Lines)
	l.Blocks = withSums(l.Blocks, s.sums(v.Totals))
	l.Blocks = append(l.Blocks, s.shipTo(v.ShipTo)...)
	return l
}

// withSums puts figures below the last block of articles.
func withSums(blocks []block, sums []fact) []block {
	if len(blocks) == 0 {
		return []block{{Sums: sums}}
	}
	blocks[len(blocks)-1].Sums = sums
	return blocks
}

func (v PaymentDue) letter(s *scribe) letter {
	amount := s.amount(v.Amount)
	l := letter{
		Subject: s.say("payment_subject", "number", v.Order.Number),
		Preview: s.say("payment_preview", "amount", amount, "reference", v.Reference),
		Title:   s.hello("payment_title", v.Order.Name),
		Say:     []string{s.say("payment_say", "amount", amount, "number", v.Order.Number)},
		Button:  s.link("view_order", v.Order.URL),
	}
	if !v.Due.IsZero() {
		l.Say = append(l.Say, s.say("payment_due", "day", s.day(v.Due)))
	}
	account := block{Title: s.say("transfer_to"), Note: s.say("reference_note"), Facts: []fact{
		{Name: s.say("amount"), Value: amount, Strong: true},
		{Name: s.say("reference"), Value: oneLine(v.Reference), Strong: true, Code: true},
	}}
	for _, f := range []fact{
		{Name: s.say("holder"), Value: oneLine(v.Holder)},
		{Name: s.say("iban"), Value: oneLine(v.IBAN), Code: true},
		{Name: s.say("bic"), Value: oneLine(v.BIC), Code: true},
		{Name: s.say("bank"), Value: oneLine(v.Bank)},
	} {
		if f.Value != "" {
			account.Facts = append(account.Facts, f)
		}
	}
	l.Blocks = append([]block{account}, s.lines(s.say("order_number", "number", v.Order.Number), v.Lines)...)
	if sums := s.sums(v.Totals); len(v.Lines) > 0 {
		l.Blocks = withSums(l.Blocks, sums)
	}
	return l
}

func (v Refunded) letter(s *scribe) letter {
	amount := s.amount(v.Amount)
	l := letter{
		Subject: s.say("refunded_subject", "amount", amount, "number", v.Order.Number),
		Preview: s.say("refunded_preview", "amount", amount),
		Title:   s.say("refunded_title", "amount", amount),
		Say:     []string{s.hello("refunded_say", v.Order.Name, "amount", amount, "number", v.Order.Number)},
		Button:  s.link("view_order", v.Order.URL),
	}
	if v.Credit {
		l.Preview, l.Title = s.say("refunded_credit", "amount", amount), s.say("refunded_credit", "amount", amount)
		l.Say = append(l.Say, s.say("refunded_credit_say"))
	}
	if v.Reason != "" {
		l.Say = append(l.Say, oneLine(v.Reason))
	}
	if v.Days > 0 {
		l.Say = append(l.Say, s.count("refunded_days", int64(v.Days)))
	}
	facts := block{Facts: []fact{{Name: s.say("amount"), Value: amount, Strong: true}}}
	if method := oneLine(v.Method); method != "" {
		facts.Facts = append(facts.Facts, fact{Name: s.say("refund_to"), Value: method})
	}
	l.Blocks = append([]block{facts}, s.lines(s.say("refunded_lines"), v.Lines)...)
	return l
}

func (v Choice) letter(s *scribe) letter {
	return letter{
		Subject: s.say("choice_subject", "number", v.Order.Number),
		Preview: s.say("choice_preview"),
		Title:   s.hello("choice_title", v.Order.Name),
		Say:     []string{s.say("choice_say", "number", v.Order.Number), s.say("choice_wait")},
		Button:  s.link("choice_button", v.Order.URL),
		Blocks:  s.lines(s.say("choice_lines"), v.Lines),
	}
}

func (v Cancelled) letter(s *scribe) letter {
	l := letter{
		Subject: s.say("cancelled_subject", "number", v.Order.Number),
		Preview: s.say("cancelled_preview"),
		Title:   s.say("cancelled_title", "number", v.Order.Number),
		Say:     []string{s.hello("cancelled_say", v.Order.Name, "number", v.Order.Number)},
		Button:  s.link("view_order", v.Order.URL),
	}
	if v.Reason != "" {
		l.Say = append(l.Say, oneLine(v.Reason))
	}
	if v.Refund.Currency == "" || v.Refund.IsZero() {
		l.Say = append(l.Say, s.say("cancelled_unpaid"))
	} else {
		l.Preview = s.say("cancelled_refund", "amount", s.amount(v.Refund))
		l.Say = append(l.Say, l.Preview)
	}
	l.Blocks = s.lines(s.say("cancelled_lines"), v.Lines)
	return l
}
