package store

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"doorstep/money"
)

// rule is one known setting: what it means and what a valid value is.
type rule struct {
	key, def, help string
	apply          func(s *Settings, key, value string) error
	sealed         func(value string) bool // whether the value must not be stored as it is; nil: never
}

func (r rule) secret(value string) bool { return r.sealed != nil && r.sealed(value) }

// rules is every setting of a store, in the order in which they are shown.
var rules = []rule{
	{"hold", "2m", "how long a paid order waits before it goes to the suppliers", span(func(s *Settings) *time.Duration { return &s.Hold }), nil},
	{"forwarding", "automatic", "automatic, or manual: a person releases each purchase", word(func(s *Settings) *string { return &s.Forwarding }, "automatic", "manual"), nil},
	{"payment.capture", "now", "now, or authorise: reserve the money and take it later", captureNow, nil},
	{"capture.when", CaptureWhenAccepted, "when an authorised payment is captured: accepted or shipped", word(func(s *Settings) *string { return &s.CaptureWhen }, CaptureWhenAccepted, CaptureWhenShipped), nil},
	{"shipping.price", ShippingByFreight, "freight (what suppliers ask), free, or flat:4.90", shippingPrice, nil},
	{"shipping.free_from", "0", "subtotal from which shipping is free; 0: never", price(func(s *Settings) *int64 { return &s.ShippingFreeFrom }), nil},
	{"sourcing.day_worth", "0.20", "what a day sooner may cost more per unit, when suppliers are compared", price(func(s *Settings) *int64 { return &s.DayWorthMinor }), nil},
	{"sourcing.facts_percent", "100", "how much suppliers' scorecards count when they are compared: at 100, one order in a hundred that goes wrong costs as much as 1 % of the price; 0: not at all", factsPercent, nil},
	{"parcel.never_scanned", "10d", "after how long a parcel that no carrier has seen is told as never scanned", longer(func(s *Settings) *time.Duration { return &s.NeverScanned }), nil},
	{"margin.min_percent", "0", "a purchase that leaves less of the sale is held for a person", margin, nil},
	{"supplier.email", "merchant", "whose mail address suppliers get: merchant or customer", word(func(s *Settings) *string { return &s.SupplierEmail }, "merchant", "customer"), nil},
	{"order.expire", "30m", "how long an order may stay unpaid", longer(func(s *Settings) *time.Duration { return &s.OrderExpire }), nil},
	{"order.expire.manual", "7d", "the same where a person confirms the money", longer(func(s *Settings) *time.Duration { return &s.OrderExpireManual }), nil},
	{"order.first_number", "1001", "the number of the first order", whole(func(s *Settings) *int64 { return &s.FirstOrder }, 1_000_000_000), nil},
	{"reserve.minutes", "60", "how long stock stays reserved for an order that is not paid", reserve, nil},
	{"tax.included", "true", "whether prices contain the tax", yesNo(func(s *Settings) *bool { return &s.TaxIncluded }), nil},
	{"tax.rate", "0", "percent of tax where no other rate is set", taxRate, nil},
	{"tax.rate.*", "", "percent of tax in a country: tax.rate.DE=19", taxRate, nil},
	{"rate.*", "", "exchange rate: rate.USD.EUR=0.92", exchangeRate, nil},
	{"brand.name", "", "the shop's name for customers", line(func(s *Settings) *string { return &s.Brand.Name }), nil},
	{"brand.tagline", "", "one sentence under the shop's name", line(func(s *Settings) *string { return &s.Brand.Tagline }), nil},
	{"brand.email", "", "where customers write to", address(func(s *Settings) *string { return &s.Brand.Email }), nil},
	{"brand.address", "", "the shop's postal address; \\n begins a new line", lines(func(s *Settings) *string { return &s.Brand.Address }), nil},
	{"brand.url", "", "the shop's address on the web", link(func(s *Settings) *string { return &s.Brand.URL }), nil},
	{"brand.logo_url", "", "address of the logo", logo, nil},
	{"brand.colour", "#1f6f54", "the colour of buttons and links, #rrggbb", colour, nil},
	{"policy.shipping", "", "the shop's words on shipping, in plain text or HTML; a text that follows from the settings when empty", lines(func(s *Settings) *string { return &s.Policies.Shipping }), nil},
	{"policy.returns", "", "the same on returns and refunds", lines(func(s *Settings) *string { return &s.Policies.Returns }), nil},
	{"policy.privacy", "", "the same on personal data", lines(func(s *Settings) *string { return &s.Policies.Privacy }), nil},
	{"policy.terms", "", "the same on the terms of sale", lines(func(s *Settings) *string { return &s.Policies.Terms }), nil},
	{"policy.*", "", "one of these for readers of one language: policy.returns.de", policyIn, nil},
	{"text.*", "", "a sentence of the storefront in your own words, for one language: text.de.home_sub", shopText, nil},
	{"mail.from", "", "who writes the mails; brand.email when empty", address(func(s *Settings) *string { return &s.MailFrom }), nil},
	{"mail.smtp_url", "", "smtp://user:password@host:port?tls=starttls|implicit|none", smtpURL, hasPassword},
	{"mail.imap_url", "", "the mailbox that customers answer to: imap://user:password@host:port?tls=implicit|starttls|none&folder=INBOX", imapURL, hasPassword},
	{"mail.webhook_secret", "", "who knows it may hand in mails at /webhooks/mail; 16 letters at least", mailSecret, func(string) bool { return true }},
	{"message.plus_addressing", "false", "whether answers may go to name+order@host: the mailbox must take such addresses", yesNo(func(s *Settings) *bool { return &s.Messages.Plus }), nil},
	{"message.contact_form", "true", "whether the shop has a form for people without an order", yesNo(func(s *Settings) *bool { return &s.Messages.Form }), nil},
	{"message.answer_within", "1d", "a message that waits longer for an answer needs attention", longer(func(s *Settings) *time.Duration { return &s.Messages.AnswerWithin }), nil},
	{"url", "", "where people and providers reach this program: https://shop.example", publicURL, nil},
	{"country", "", "the country the shop is in, two letters (ISO 3166)", country, nil},
	{"timezone", "UTC", "IANA time zone, such as Europe/Berlin", timeZone, nil},
	{"locale", "en", "language of the shop, such as en or de-AT", locale, nil},
	{"start.skipped", "", "steps of the first-run wizard that were put off, with commas", startSteps, nil},
	{"staff.second_factor", "optional", "whether everybody who works here must have a second factor: optional or required", secondFactor, nil},
	{"claim.days.*", "", "for how many days something may be claimed: claim.days.damaged=30, or for a country claim.days.damaged.DE=60", claimDays, nil},
	{"claim.restocking_percent", "0", "what is kept of goods that come back although nothing is wrong, where the law leaves room", percentOf(func(s *Settings) *int64 { return &s.Claims.RestockingPercent }), nil},
	{"claim.freight_by", "customer", "who pays for sending back what is no longer wanted: customer or merchant", word(func(s *Settings) *string { return &s.Claims.FreightBy }, "customer", "merchant"), nil},
	{"claim.freight_cost", "5.00", "what one parcel back costs, as choices are reckoned", price(func(s *Settings) *int64 { return &s.Claims.FreightMinor }), nil},
	{"claim.freight_most", "0", "the most that is paid back of a customer's receipt for sending goods back; 0: what claim.freight_cost says", price(func(s *Settings) *int64 { return &s.Claims.FreightMost }), nil},
	{"claim.keep_below", "0", "goods worth up to this need not come back; 0: all do", price(func(s *Settings) *int64 { return &s.Claims.KeepBelow }), nil},
	{"claim.auto_below", "0", "claims up to this of customers in good standing are approved by themselves; 0: never", price(func(s *Settings) *int64 { return &s.Claims.AutoBelow }), nil},
	{"claim.return_to", "", "where customers send goods back to, unless the supplier takes them; \\n begins a new line", lines(func(s *Settings) *string { return &s.Claims.ReturnTo }), nil},
	{"claim.return_words", "", "how customers send goods back, in the shop's own words: plain text; \\n begins a new line", lines(func(s *Settings) *string { return &s.Claims.ReturnWords }), nil},
	{"claim.answer", "14d", "how long a customer has to answer a question about a claim", longer(func(s *Settings) *time.Duration { return &s.Claims.AnswerFor }), nil},
	{"claim.return", "21d", "how long a customer has to send goods back", longer(func(s *Settings) *time.Duration { return &s.Claims.ReturnFor }), nil},
	{"claim.return_heard", "21d", "after how long goods that were sent back, and have not come, are told to a person", longer(func(s *Settings) *time.Duration { return &s.Claims.ReturnWatch }), nil},
	{"claim.pay", "7d", "how long a customer has to pay the difference of an exchange; the article is put by until then", longer(func(s *Settings) *time.Duration { return &s.Claims.PayFor }), nil},
	{"claim.tell_staff", "true", "whether those who may see to claims get a mail when a customer makes one, answers or does not agree; at most one in ten minutes", yesNo(func(s *Settings) *bool { return &s.Claims.TellStaff }), nil},
	{"claim.elsewhere", "false", "whether what came wrong, broken or not as described is sent once more by another supplier than the one that sent it", yesNo(func(s *Settings) *bool { return &s.Claims.Elsewhere }), nil},
	{"goodwill.late_percent", "0", "what a customer whose order is not there after the promised day gets off the next one; 0: nothing", percentOf(func(s *Settings) *int64 { return &s.GoodwillPercent }), nil},
	{"goodwill.days", "90", "for how many days such a code holds", whole(func(s *Settings) *int64 { return &s.GoodwillDays }, 3650), nil},
	{"review.ask", "true", "whether customers are asked, some days after the delivery, what they think of what they bought", yesNo(func(s *Settings) *bool { return &s.Feedback.Ask }), nil},
	{"review.days", "", "how many days after the delivery; empty: 5 to 14, the longer the parcel travelled the longer", askDays, nil},
	{"review.days.*", "", "the same for parcels to a country: review.days.US=14", askDays, nil},
	{"review.publish_from", "0", "reviews with so many stars or more are published at once; 0: a person reads each first", upTo(func(s *Settings) *int64 { return &s.Feedback.PublishFrom }, 5), nil},
	{"offer.days", "0", "how many days after the delivery customers who agreed to it get an offer; 0: never", upTo(func(s *Settings) *int64 { return &s.Feedback.OfferDays }, maxFeedbackDays), nil},
	{"offer.code", "", "a discount code that the offer names", line(func(s *Settings) *string { return &s.Feedback.OfferCode }), nil},
	{"report.every", "10m", "how often suppliers are asked for open purchases", every(func(s *Settings) *time.Duration { return &s.ReportEvery }), nil},
	{"offers.every", "30m", "how often cost and stock are pulled", every(func(s *Settings) *time.Duration { return &s.OffersEvery }), nil},
	{"tracking.every", "1h", "how often tracking services are asked for moving parcels", every(func(s *Settings) *time.Duration { return &s.TrackingEvery }), nil},
	{"feed.drop_percent", "50", "a page of offers that takes away more of the stock waits for a person", whole(func(s *Settings) *int64 { return &s.Feed.DropPercent }, 100), nil},
	{"feed.flip_percent", "25", "the same for SKUs that become sold out", whole(func(s *Settings) *int64 { return &s.Feed.FlipPercent }, 100), nil},
	{"feed.cost_percent", "100", "the same for a cost that rises by so much", whole(func(s *Settings) *int64 { return &s.Feed.CostPercent }, 10000), nil},
}

var (
	colourForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	uploaded   = regexp.MustCompile(`^/pictures/[0-9a-f]{64}\.(jpg|png)$`) // a picture's address on our own host
	localeForm = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
)

func secondFactor(s *Settings, _, value string) error {
	if value != "optional" && value != "required" {
		return fmt.Errorf("%q is none of optional, required", value)
	}
	s.SecondFactor = value == "required"
	return nil
}

func captureNow(s *Settings, _, value string) error {
	if value != "now" && value != "authorise" {
		return fmt.Errorf("%q is none of now, authorise", value)
	}
	s.CaptureNow = value == "now"
	return nil
}

func shippingPrice(s *Settings, _, value string) error {
	if value == ShippingByFreight || value == ShippingFree {
		s.ShippingPrice = ShippingPrice{Rule: value}
		return nil
	}
	sum, flat := strings.CutPrefix(value, "flat:")
	if !flat {
		return fmt.Errorf("%q is none of freight, free, flat:4.90", value)
	}
	a, err := money.Parse(sum, s.Currency)
	if err != nil || a.Minor < 0 {
		return fmt.Errorf("%q is no price in %s", sum, s.Currency)
	}
	s.ShippingPrice = ShippingPrice{Rule: ShippingFlat, FlatMinor: a.Minor}
	return nil
}

// price is an amount in the store's currency that is not negative. A default that a
// currency without small coins cannot have, such as 0.20 yen, counts as nothing.
func price(field func(*Settings) *int64) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		a, err := money.Parse(value, s.Currency)
		if err != nil || a.Minor < 0 {
			return fmt.Errorf("%q is no price in %s", value, s.Currency)
		}
		*field(s) = a.Minor
		return nil
	}
}

func margin(s *Settings, _, value string) error {
	f, err := decimal(value, 2)
	if err != nil {
		return err
	}
	points := f.num * 100 / f.den // exact: two decimals at most
	if points >= 10_000 {
		return fmt.Errorf("%s %% leaves nothing for the supplier", value)
	}
	s.MarginMinPercent = points
	return nil
}

func reserve(s *Settings, _, value string) error {
	var minutes int64
	if err := whole(func(*Settings) *int64 { return &minutes }, 60*24*60)(s, "", value); err != nil {
		return err
	}
	s.ReserveFor = time.Duration(minutes) * time.Minute
	return nil
}

func taxRate(s *Settings, key, value string) error {
	country := strings.TrimPrefix(strings.TrimPrefix(key, "tax.rate"), ".")
	if country != "" && (len(country) != 2 || strings.ToUpper(country) != country) {
		return fmt.Errorf("%q is no country: two capital letters (ISO 3166), such as DE", country)
	}
	f, err := decimal(value, 4)
	if err != nil {
		return err
	}
	if f.num > 100*f.den {
		return fmt.Errorf("%s %% is more than all of it", value)
	}
	s.taxes[country] = reduced(f.num, f.den*100)
	return nil
}

func exchangeRate(s *Settings, key, value string) error {
	from, to, ok := strings.Cut(strings.TrimPrefix(key, "rate."), ".")
	if !ok || from == to || !money.Currency(from).Valid() || !money.Currency(to).Valid() {
		return errors.New("the key is rate.FROM.TO with two currencies (ISO 4217), such as rate.USD.EUR")
	}
	f, err := decimal(value, 10)
	if err != nil {
		return err
	}
	if f.num == 0 {
		return errors.New("a rate is more than 0")
	}
	s.rates[from+"."+to] = f
	return nil
}

// claimDays is the window of a kind of claim, everywhere or in a country.
func claimDays(s *Settings, key, value string) error {
	name, country, local := strings.Cut(strings.TrimPrefix(key, "claim.days."), ".")
	if local && (len(country) != 2 || strings.ToUpper(country) != country) {
		return fmt.Errorf("%q is no country: two capital letters (ISO 3166), such as DE", country)
	}
	if !slices.Contains(claimKinds, name) {
		return fmt.Errorf("%q is none of %s", name, strings.Join(claimKinds, ", "))
	}
	var days int64
	if err := whole(func(*Settings) *int64 { return &days }, 3650)(s, key, value); err != nil {
		return err
	}
	s.Claims.Days[strings.TrimPrefix(key, "claim.days.")] = days
	return nil
}

// claimKinds are the kinds of claim (package claim).
var claimKinds = []string{"late", "not-arrived", "damaged", "wrong-item", "missing-part", "not-as-described", "no-longer-wanted"}

// factsPercent is a whole number of per cent; 0 is not at all.
func factsPercent(s *Settings, _, value string) error {
	if value == "0" {
		s.FactsPercent = 0
		return nil
	}
	return whole(func(s *Settings) *int64 { return &s.FactsPercent }, 1000)(s, "", value)
}

// percentOf is a share in per cent with two decimals at most, kept in basis points.
func percentOf(field func(*Settings) *int64) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		f, err := decimal(value, 2)
		if err != nil {
			return err
		}
		points := f.num * 100 / f.den
		if points > 10_000 {
			return fmt.Errorf("%s %% is more than all of it", value)
		}
		*field(s) = points
		return nil
	}
}

func colour(s *Settings, _, value string) error {
	if !colourForm.MatchString(value) {
		return fmt.Errorf("%q is no colour of the form #1f6f54", value)
	}
	s.Brand.Colour = strings.ToLower(value)
	return nil
}

// smtpURL checks the form only; mail.NewSender knows the rest. Its error does not repeat the
// value, which may hold a password.
func smtpURL(s *Settings, _, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" {
		return errors.New("it is of the form smtp://user:password@host:port?tls=starttls")
	}
	switch u.Query().Get("tls") {
	case "", "starttls", "implicit", "none":
	default:
		return errors.New("tls is one of starttls, implicit, none")
	}
	s.SMTP = value
	return nil
}

func hasPassword(value string) bool {
	u, err := url.Parse(value)
	if err != nil {
		return true
	}
	_, set := u.User.Password()
	return set
}

func publicURL(s *Settings, key, value string) error {
	if err := link(func(s *Settings) *string { return &s.PublicURL })(s, key, value); err != nil {
		return err
	}
	s.PublicURL = strings.TrimRight(value, "/")
	return nil
}

func timeZone(s *Settings, _, value string) error {
	if _, err := time.LoadLocation(value); err != nil || value == "Local" {
		return fmt.Errorf("%q is no time zone such as Europe/Berlin", value)
	}
	s.TimeZone = value
	return nil
}

func locale(s *Settings, _, value string) error {
	if !localeForm.MatchString(value) {
		return fmt.Errorf("%q is no language such as en or de-AT", value)
	}
	s.Locale = value
	return nil
}

func country(s *Settings, _, value string) error {
	if len(value) != 2 || strings.ToUpper(value) != value {
		return fmt.Errorf("%q is no country: two capital letters (ISO 3166), such as DE", value)
	}
	s.Country = value
	return nil
}

// startSteps are the steps of the first-run wizard that somebody put off.
func startSteps(s *Settings, _, value string) error {
	s.Skipped = strings.Split(value, ",")
	return nil
}

func address(field func(*Settings) *string) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		a, err := mail.ParseAddress(value)
		if err != nil {
			return fmt.Errorf("%q is no mail address", value)
		}
		*field(s) = a.Address
		return nil
	}
}

// logo takes any address of the web, and that of an uploaded picture.
func logo(s *Settings, key, value string) error {
	field := func(s *Settings) *string { return &s.Brand.LogoURL }
	if uploaded.MatchString(value) {
		*field(s) = value
		return nil
	}
	return link(field)(s, key, value)
}

func link(field func(*Settings) *string) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%q is no http(s) address", value)
		}
		*field(s) = value
		return nil
	}
}
