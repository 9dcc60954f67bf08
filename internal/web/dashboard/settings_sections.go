package dashboard

import (
	"slices"
	"strings"

	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// settingSection is a page of settings, by what a merchant thinks of.
type settingSection struct {
	Key, Name, Words, Icon string
	Cards                  []settingCard
}

// settingCard is a form of a section: settings that are stored together.
type settingCard struct {
	Name, Words string
	Rows        []settingRow
	Family      string // the beginning of keys that can be added: "tax.rate."
}

// settingRow is one setting as its form shows it. Known is its rule in package store.
type settingRow struct {
	store.Known
	Label   string
	Sort    string      // how it is entered: empty is a line; "text", "colour", "country", "zone", "flat", "email", "url"
	Choices []ui.Choice // where only these hold
	Value   string
	Unit    string
}

func pick2(a, aName, b, bName string) []ui.Choice {
	return []ui.Choice{{Value: a, Name: aName}, {Value: b, Name: bName}}
}

// row is a setting of a card; help says it better than its rule where it is not empty.
func row(key, label, help, sort string, choices ...ui.Choice) settingRow {
	return settingRow{Known: store.Known{Key: key, Help: help}, Label: label, Sort: sort, Choices: choices}
}

// span tells how spans of time are written.
const spans = " Such as 30m, 2h or 7d."

// sections is every setting at its place.
func sections() []settingSection {
	return []settingSection{shopSection(), brandSection(), checkoutSection(), orderSection(), stockSection(), claimSection(), feedbackSection(), {
		Key: "texts", Name: "Texts of the shop", Icon: "store", Words: "What the shop says on its pages, in your words or the built-in ones, for each language.",
	}, {
		Key: "policies", Name: "Policies", Icon: "file-warning", Words: "What a shop must say: returns, shipping, personal data, terms of sale.",
	}, mailSection(), {
		Key: "security", Name: "Security", Icon: "lock", Words: "Who comes in, and how.",
	}, {
		Key: "data", Name: "Data", Icon: "download", Words: "Take your data out, bring some in, see who did what.",
	}}
}

func shopSection() settingSection {
	return settingSection{Key: "shop", Name: "Shop", Icon: "house", Words: "Who you are, where you are, and how people reach you.", Cards: []settingCard{
		{Name: "Name and contact", Words: "Customers see this in the shop, in mails and on their order page.", Rows: []settingRow{
			row("brand.name", "Name of the shop", "", ""),
			row("brand.tagline", "Sentence under the name", "One sentence on the home page and in search results.", ""),
			row("brand.email", "Mail address for customers", "Where customers write to.", "email"),
			row("brand.address", "Postal address", "As it stands on a letter. Many countries want it in mails and policies.", "text"),
		}},
		{Name: "Place and language", Rows: []settingRow{
			row("country", "Country", "Where the shop is. You may sell anywhere.", "country"),
			row("timezone", "Time zone", "Days begin and dates are written in it.", "zone"),
			row("locale", "Language of shop and mails", "What visitors get whose own language the shop does not speak.", "language"),
		}},
		{Name: "Addresses on the web", Rows: []settingRow{
			row("url", "Address of this shop", "Links in mails and messages of payment providers and suppliers come here. It begins with https://.", "url"),
			row("brand.url", "Your own site", "Linked in mails and told to suppliers, if you have another site than this shop.", "url"),
		}},
	}}
}

func brandSection() settingSection {
	return settingSection{Key: "brand", Name: "Brand", Icon: "tag", Words: "Colour and logo of shop and mails.", Cards: []settingCard{
		{Name: "Colour and logo", Rows: []settingRow{
			row("brand.colour", "Colour", "Of buttons and links.", "colour"),
			row("brand.logo_url", "Logo", "Address of a picture, such as https://cdn.example/logo.svg, or upload one below. A transparent background looks best. Empty shows the name.", ""),
		}},
	}}
}

func checkoutSection() settingSection {
	return settingSection{Key: "checkout", Name: "Checkout and payment", Icon: "wallet", Words: "How people pay, what shipping costs them, and tax.", Cards: []settingCard{
		{Name: "Payment", Rows: []settingRow{
			row("payment.capture", "When somebody pays by card", "", "", pick2("now", "Take the money at once", "authorise", "Reserve it, and take it later")...),
			row("capture.when", "Take reserved money when", "", "", pick2(store.CaptureWhenAccepted, "all suppliers have accepted", store.CaptureWhenShipped, "the first parcel has left")...),
			row("order.expire", "An unpaid order ends after", "For cards and the like."+spans, ""),
			row("order.expire.manual", "An unpaid bank transfer ends after", "Where a person confirms the money."+spans, ""),
			row("reserve.minutes", "Keep stock for an unpaid order (minutes)", "Later it may be sold to somebody else.", "number"),
		}},
		{Name: "What shipping costs", Rows: []settingRow{
			row("shipping.price", "The customer pays", "", "flat", ui.Choice{Value: store.ShippingByFreight, Name: "What suppliers ask"}, ui.Choice{Value: store.ShippingFree, Name: "Nothing: shipping is free"},
				ui.Choice{Value: store.ShippingFlat, Name: "Always the same"}),
			row("shipping.free_from", "Free shipping from", "Goods for this much or more ship free; 0 is never.", "price"),
		}},
		{Name: "Tax", Words: "Percent that is contained in your prices, or added to them. Ask your tax adviser which rates hold for you.", Family: "tax.rate.", Rows: []settingRow{
			row("tax.included", "Prices", "", "", pick2("true", "contain the tax", "false", "are without tax: it is added at the checkout")...),
			row("tax.rate", "Tax everywhere else (percent)", "Where no rate of a country is set below.", "price"),
		}},
	}}
}

func orderSection() settingSection {
	return settingSection{Key: "orders", Name: "Orders and suppliers", Icon: "factory", Words: "How orders reach your suppliers, and when a person looks first.", Cards: []settingCard{
		{Name: "Forwarding", Rows: []settingRow{
			row("forwarding", "Paid orders go to suppliers", "", "", pick2("automatic", "by themselves", "manual", "when a person releases each")...),
			row("hold", "Wait before they go", "Meanwhile the customer may still cancel or correct the address."+spans, ""),
			row("supplier.email", "Suppliers get the mail address", "", "", pick2("merchant", "of the shop", "customer", "of the customer")...),
			row("order.first_number", "Number of the first order", "Only while there is no order yet.", "number"),
		}},
		{Name: "When a person looks first", Rows: []settingRow{
			row("margin.min_percent", "Hold purchases that leave less than (percent)", "Of the sale, after cost and freight. 0 holds none.", "price"),
			row("parcel.never_scanned", "Tell of parcels that no carrier has seen for", "After they were announced."+spans, ""),
		}},
		{Name: "Choosing a supplier", Words: "Where several offer an article, cost, freight and time are weighed.", Rows: []settingRow{
			row("sourcing.facts_percent", "Scorecards count", "Per cent: how much a supplier's record weighs when suppliers are compared. 0 is not at all.", "number"),
			row("sourcing.day_worth", "A day sooner is worth", "Per unit: so much more a quicker supplier may cost.", "price"),
		}},
	}}
}

func stockSection() settingSection {
	return settingSection{Key: "stock", Name: "Stock and prices", Icon: "boxes", Words: "What is believed of suppliers' stock and cost, and what their money is worth.", Cards: []settingCard{
		{Name: "Exchange rates", Words: "What one unit of a supplier's money is worth in yours. Costs are converted with it.", Family: "rate."},
		{Name: "When news of stock waits for a person", Words: "A broken feed can empty a shop. These limits stop it.", Rows: []settingRow{
			row("feed.drop_percent", "It takes away more of the stock than (percent)", "", "number"),
			row("feed.flip_percent", "It sells out more of the articles than (percent)", "", "number"),
			row("feed.cost_percent", "A cost rises by more than (percent)", "", "number"),
		}},
		{Name: "How often we ask", Words: "More often is fresher and uses more of the suppliers' limits.", Rows: []settingRow{
			row("offers.every", "Cost and stock", "Such as 30m or 2h.", ""),
			row("report.every", "Open purchases", "Such as 10m or 1h.", ""),
			row("tracking.every", "Parcels on their way", "Such as 1h.", ""),
		}},
	}}
}

func mailSection() settingSection {
	return settingSection{Key: "mails", Name: "Mails", Icon: "mail", Words: "How mails leave. Their texts have a page of their own.", Cards: []settingCard{
		{Name: "Sending", Rows: []settingRow{
			row("mail.from", "Sender", "Who writes the mails; the address for customers when empty.", "email"),
			row("mail.smtp_url", "Mail server", "smtp://user:password@host:port?tls=starttls (or implicit, or none). It may hold a password, so it is not shown; leave it empty to keep it.", ""),
		}},
		{Name: "Answers of customers", Words: "Where their mails come in: they appear under Messages.", Rows: []settingRow{
			row("mail.imap_url", "Mailbox", "imap://user:password@host:port?tls=implicit&folder=INBOX (or tls=starttls). It is read every minute and never changed. It may hold a password, so it is not shown; leave it empty to keep it.", ""),
			row("mail.webhook_secret", "Secret of the mail webhook", "For services that hand mails in: POST to /webhooks/mail with it as the password. It is not shown; leave it empty to keep it.", ""),
			row("message.plus_addressing", "Answers go to a signed address", "name+order@host: a mail is then put to its order whatever its subject says. The mailbox must take such addresses.", "", pick2("true", "Yes", "false", "No")...),
			row("message.contact_form", "Contact form in the shop", "For people without an order.", "", pick2("true", "Yes", "false", "No")...),
			row("message.answer_within", "Answer within", "A message that waits longer needs attention."+spans, ""),
		}},
	}}
}

// policies are the texts that a shop owes its customers, with the setting of each.
func policies() []settingRow {
	return []settingRow{
		row("policy.returns", "Returns and refunds", "", "text"), row("policy.shipping", "Shipping", "", "text"),
		row("policy.privacy", "Privacy", "", "text"), row("policy.terms", "Terms of sale", "", "text"),
	}
}

// elsewhere are settings that have a page of their own.
func elsewhere(key string) bool {
	return key == "start.skipped" || strings.HasPrefix(key, "staff.") || strings.HasPrefix(key, "policy.") || strings.HasPrefix(key, "text.")
}

func claimSection() settingSection {
	return settingSection{Key: "claims", Name: "Complaints and returns", Icon: "undo-2", Words: "What a customer may ask for after the door, for how long, and who pays.", Cards: []settingCard{
		{Name: "For how long", Words: "Days after the delivery, by what is wrong. What the law gives customers stands in any case.", Family: "claim.days."},
		{Name: "Goods that come back", Rows: []settingRow{
			row("claim.return_to", "Where goods go back to", "Unless the supplier takes them.", "text"),
			row("claim.freight_by", "Who pays for sending back what is no longer wanted", "", "", pick2("customer", "The customer", "merchant", "The shop")...),
			row("claim.freight_cost", "What one parcel back costs", "", "price"),
			row("claim.freight_most", "Paid back at most of a customer's receipt", "0: what one parcel back costs, as above.", "price"),
			row("claim.return_words", "How customers send goods back", "Your own words, on the claim's page and in the mail.", "text"),
			row("claim.restocking_percent", "Kept of goods that come back although nothing is wrong (percent)", "Only where the law leaves room.", "number"),
			row("claim.keep_below", "Goods worth up to this need not come back", "", "price"),
		}},
		{Name: "Answers", Rows: []settingRow{
			row("claim.auto_below", "Approve by itself up to", "For customers in good standing. 0 is never.", "price"),
			row("goodwill.late_percent", "Off the next order, when one is late", "A code by mail, once for an order that is not there after the promised day. In per cent; 0: none.", ""),
			row("goodwill.days", "Days for which that code holds", "", ""),
			row("claim.tell_staff", "Tell those who may see to them by mail", "Of new complaints, answers and objections: at most one mail in ten minutes.", "", pick2("true", "Yes", "false", "No")...),
			row("claim.elsewhere", "Wrong and broken goods are sent once more by", "Who decides about a claim may still choose.", "", pick2("false", "Whoever is best", "true", "Another supplier than the one that sent them")...),
			row("claim.answer", "Time to answer our question", spans, ""),
			row("claim.pay", "Time to pay the difference of an exchange", spans, ""),
			row("claim.return", "Time to send goods back", spans, ""),
			row("claim.return_heard", "Goods that were sent back need attention after", spans, ""),
		}},
	}}
}

// filled is a section with its values, without what whoever asks may not change. A setting
// that has no place here stands among those of orders, in the words of its rule.
func filled(v *visit, s settingSection, given map[string]string) settingSection {
	rules := map[string]store.Known{}
	placed := map[string]bool{}
	for _, k := range store.AllKnown() {
		rules[k.Key] = k
	}
	for _, other := range sections() {
		for _, c := range other.Cards {
			placed[c.Family+"*"] = true
			for _, r := range c.Rows {
				placed[r.Key] = true
			}
		}
	}
	if s.Key == "orders" {
		more := settingCard{Name: "More"}
		for _, k := range store.AllKnown() {
			if !placed[k.Key] && !elsewhere(k.Key) && !strings.HasSuffix(k.Key, "*") {
				more.Rows = append(more.Rows, settingRow{Known: k, Label: settingName(k.Key)})
			}
		}
		s.Cards = append(s.Cards, more)
	}
	var cards []settingCard
	for _, c := range s.Cards {
		cards = append(cards, filledCard(v, c, rules, given))
	}
	s.Cards = slices.DeleteFunc(cards, func(c settingCard) bool { return len(c.Rows) == 0 && c.Family == "" })
	return s
}

func filledCard(v *visit, c settingCard, rules map[string]store.Known, given map[string]string) settingCard {
	var rows []settingRow
	for _, r := range c.Rows {
		if !v.mayChange(r.Key) {
			continue
		}
		rule := rules[r.Key]
		if r.Default, r.Value = rule.Default, given[r.Key]; r.Help == "" && len(r.Choices) == 0 {
			r.Help = rule.Help
		}
		rows = append(rows, r)
	}
	var more []string
	for key := range given {
		if c.Family != "" && strings.HasPrefix(key, c.Family) {
			more = append(more, key)
		}
	}
	slices.Sort(more)
	for _, key := range more {
		r := row(key, familyName(v, c.Family, key), "Empty takes it out.", "price")
		r.Value = given[key]
		rows = append(rows, r)
	}
	c.Rows = rows
	return c
}

// sectionOf is where a setting is changed.
func sectionOf(key string) string {
	for _, s := range sections() {
		for _, c := range s.Cards {
			if c.Family != "" && strings.HasPrefix(key, c.Family) || slices.ContainsFunc(c.Rows, func(r settingRow) bool { return r.Key == key }) {
				return s.Key
			}
		}
	}
	switch first, _, _ := strings.Cut(key, "."); first {
	case "policy":
		return "policies"
	case "text":
		return "texts"
	case "staff":
		return "security"
	case "start":
		return "data"
	}
	return "orders"
}
