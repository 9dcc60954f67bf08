package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
	"doorstep/money"
)

// How the price of shipping is made.
const (
	ShippingByFreight = "freight" // what the suppliers ask
	ShippingFree      = "free"
	ShippingFlat      = "flat" // always the same
)

// ShippingPrice is the rule for what the customer pays for shipping.
type ShippingPrice struct {
	Rule      string // one of the words above
	FlatMinor int64  // in the store's currency, when the rule is flat
}

// When an authorised payment is captured.
const (
	CaptureWhenAccepted = "accepted" // all purchases are accepted by their suppliers
	CaptureWhenShipped  = "shipped"  // the first parcel has left
)

// Brand is how the store shows itself to people.
type Brand struct {
	Name    string // the store's name unless it is set
	Tagline string // one sentence under it
	Email   string // where customers write to
	Address string // one or more lines
	URL     string
	LogoURL string
	Colour  string // #rrggbb
}

// Policies are the merchant's own words on what a shop must say, in plain text or HTML;
// empty ones are made from the settings (package legal, which says what a customer is shown).
type Policies struct {
	Shipping, Returns, Privacy, Terms string            // for every language that has none of its own
	In                                map[string]string // by name and language: "returns.pt-BR"
}

// Guard is what a feed may change at once before a person is asked.
type Guard struct {
	DropPercent int64 // of the stock that a page may take away
	FlipPercent int64 // of the SKUs that may go from sold to sold out
	CostPercent int64 // by which a cost may rise
}

// Claims are the store's rules for what went wrong; amounts are in its currency.
type Claims struct {
	Days              map[string]int64 // window by kind, or by kind and country: "damaged.DE"
	RestockingPercent int64            // basis points
	FreightBy         string           // customer or merchant
	FreightMinor      int64
	FreightMost       int64 // that is paid back of a receipt; 0: FreightMinor
	KeepBelow         int64
	AutoBelow         int64
	ReturnTo          string
	AnswerFor         time.Duration
	ReturnFor         time.Duration
	ReturnWatch       time.Duration // after it was sent back
	ReturnWords       string        // how goods are sent back, for customers
	PayFor            time.Duration // the difference of an exchange
	TellStaff         bool          // by mail, of what customers say about claims
	Elsewhere         bool          // what came wrong or broken is not sent once more by who sent it
}

// Messages are how customers and the store write to each other.
type Messages struct {
	Form         bool          // people without an order may write
	Plus         bool          // answers may go to name+order@host
	AnswerWithin time.Duration // longer is attention
	IMAP         string        // imap://user:password@host:port?tls=…&folder=…; empty: no mailbox is read
	Secret       string        // of who hands in mails; empty: nobody may
}

// Settings are all settings of one store, typed, with their defaults.
type Settings struct {
	StoreID  id.Store
	Currency money.Currency // of the store: prices, flat shipping

	Hold              time.Duration // between payment and submitting
	CaptureNow        bool          // else authorise first
	CaptureWhen       string
	ShippingPrice     ShippingPrice
	ShippingFreeFrom  int64 // subtotal from which shipping is free, in the store's currency; 0: never
	FactsPercent      int64 // how much scorecards count when suppliers are compared; 0: not at all
	NeverScanned      time.Duration
	DayWorthMinor     int64 // what a day of waiting is worth per unit, when suppliers are compared
	MarginMinPercent  int64 // in basis points: 1250 is 12.5 %
	Forwarding        string
	SupplierEmail     string        // whose mail address a supplier gets: merchant or customer
	OrderExpire       time.Duration // unpaid, by card and the like
	OrderExpireManual time.Duration // unpaid, when a person confirms the money
	ReserveFor        time.Duration // stock for an order that is not paid yet
	FirstOrder        int64         // the number of the first order
	TaxIncluded       bool          // prices contain the tax

	Brand     Brand
	Policies  Policies
	Texts     map[string]string // the storefront's sentences in the merchant's words, by language and key: "de.home_sub"
	MailFrom  string            // brand.email unless it is set
	SMTP      string            // smtp://user:password@host:port?tls=…; empty: no mail leaves
	PublicURL string            // where people and providers reach this program; no slash at its end
	Country   string            // ISO 3166 alpha-2; empty: not said
	TimeZone  string            // IANA
	Locale    string            // BCP 47

	SecondFactor bool // whoever works here must have a second factor

	ReportEvery   time.Duration // asking suppliers for open purchases
	OffersEvery   time.Duration // pulling cost and stock
	TrackingEvery time.Duration // asking where parcels are
	Feed          Guard
	Claims        Claims
	Feedback      Feedback

	GoodwillPercent int64 // basis points off the next order when one is late; 0: none
	GoodwillDays    int64 // how long such a code holds
	Messages        Messages

	Skipped []string // steps of the first-run wizard that were put off

	taxes map[string]fraction // by country; "" is everywhere else
	rates map[string]fraction // "USD.EUR"
}

// Automatic says whether purchases are forwarded without a person.
func (s Settings) Automatic() bool { return s.Forwarding == "automatic" }

// Tax is the share of tax for a country: 19 % is 19, 100.
func (s Settings) Tax(country string) (num, den int64) {
	f, ok := s.taxes[strings.ToUpper(country)]
	if !ok {
		f, ok = s.taxes[""]
	}
	if !ok {
		return 0, 100
	}
	return f.num, f.den
}

// ShippingCharge is what the customer pays for shipping that costs freight, by the store's
// rule. All are minor units of c; what is set in the store's currency is converted.
func (s Settings) ShippingCharge(freight, subtotal int64, c money.Currency) (int64, error) {
	rate, err := s.Rate(s.Currency, c)
	if err != nil {
		return 0, err
	}
	flat, err := rate.Convert(money.New(s.ShippingPrice.FlatMinor, s.Currency))
	if err != nil {
		return 0, err
	}
	from, err := rate.Convert(money.New(s.ShippingFreeFrom, s.Currency))
	if err != nil {
		return 0, err
	}
	switch {
	case s.ShippingPrice.Rule == ShippingFree, s.ShippingFreeFrom > 0 && subtotal >= from.Minor:
		return 0, nil
	case s.ShippingPrice.Rule == ShippingFlat:
		return flat.Minor, nil
	}
	return freight, nil
}

// Rate is the exchange rate between two currencies: the one that is set, else the inverse of
// its opposite. An error names the setting that is missing.
func (s Settings) Rate(from, to money.Currency) (money.Rate, error) {
	if from == to {
		return money.Same(from), nil
	}
	if f, ok := s.rates[string(from+"."+to)]; ok {
		return money.Rate{From: from, To: to, Num: f.num, Den: f.den, Source: "setting"}, nil
	}
	if f, ok := s.rates[string(to+"."+from)]; ok {
		return money.Rate{From: from, To: to, Num: f.den, Den: f.num, Source: "setting (inverse)"}, nil
	}
	return money.Rate{}, fmt.Errorf("no exchange rate from %s to %s is set: set rate.%s.%s", from, to, from, to)
}

// settingsKey is under which a transaction remembers a store's settings.
type settingsKey struct{ store id.Store }

// SettingsNow is what LoadSettings keeps at this moment, without a transaction; false when they
// must be read.
func SettingsNow(d *db.DB, store id.Store) (Settings, bool) {
	return db.KeptNow[Settings](d, settingsKey{store})
}

// LoadSettings reads all settings of a store in one query, once in a transaction, and keeps them
// as db.Kept does: nobody may change what is in its maps. A value that
// is no longer valid counts as not set, so that a mistake of the past does not stop the shop.
func LoadSettings(ctx context.Context, tx *db.Tx, store id.Store) (Settings, error) {
	if known, ok := tx.Remembered(settingsKey{store}).(Settings); ok {
		return known, nil
	}
	s, err := db.Kept(tx, settingsKey{store}, func() (Settings, error) { return readSettings(ctx, tx, store) })
	if err == nil {
		tx.Remember(settingsKey{store}, s)
	}
	return s, err
}

func readSettings(ctx context.Context, tx *db.Tx, store id.Store) (Settings, error) {
	rows, err := New(tx).StoreSettings(ctx, store)
	if err != nil {
		return Settings{}, fmt.Errorf("settings of %s: %w", store, err)
	}
	if len(rows) == 0 {
		return Settings{}, fmt.Errorf("store %s: %w", store, ErrUnknown)
	}
	s := defaults(store, rows[0].Currency)
	box := seal.Of(tx)
	for _, row := range rows {
		r, ok := ruleOf(row.Name)
		if !ok {
			continue
		}
		value := row.Value
		if seal.IsSealed(value) {
			if value, err = unseal(box, store, row.Name, value); err != nil {
				return Settings{}, err
			}
		}
		_ = r.apply(&s, row.Name, value)
	}
	if s.Brand.Name == "" {
		s.Brand.Name = rows[0].StoreName
	}
	if s.MailFrom == "" {
		s.MailFrom = s.Brand.Email
	}
	return s, nil
}

// defaults is what holds when nothing is set.
func defaults(store id.Store, currency money.Currency) Settings {
	s := Settings{StoreID: store, Currency: currency, taxes: map[string]fraction{}, rates: map[string]fraction{},
		Claims: Claims{Days: map[string]int64{}}, Feedback: Feedback{Days: map[string]int64{}}, Policies: Policies{In: map[string]string{}}, Texts: map[string]string{}}
	for _, r := range rules {
		if r.def != "" {
			_ = r.apply(&s, r.key, r.def) // a test applies them all
		}
	}
	return s
}

// Set stores one setting after checking it; an empty value brings the default back. An
// unknown key is refused with the nearest known one, and so is a key with spaces around it:
// whoever judged it before judged another one.
func Set(ctx context.Context, tx *db.Tx, store id.Store, key, value string) error {
	tx.Remember(settingsKey{store}, nil)
	value = strings.TrimSpace(value)
	r, ok := ruleOf(key)
	if !ok || key != strings.TrimSpace(key) {
		return fmt.Errorf("%s: there is no such setting%s", key, didYouMean(key))
	}
	if value == "" {
		return New(tx).DeleteSetting(ctx, DeleteSettingParams{StoreID: store, Name: key})
	}
	row, err := Get(ctx, tx, store)
	if err != nil {
		return err
	}
	s := defaults(store, row.Currency)
	if err := r.apply(&s, key, value); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	if r.secret(value) {
		box := seal.Of(tx)
		if box == nil {
			return fmt.Errorf("%s: it holds a secret and there is no key to seal it: %w", key, seal.ErrNoKey)
		}
		value = box.Seal([]byte(value), string(store), "setting", key)
	}
	return New(tx).PutSetting(ctx, PutSettingParams{StoreID: store, Name: key, Value: value, UpdatedAt: tx.Now})
}

func unseal(box *seal.Box, store id.Store, key, value string) (string, error) {
	if box == nil {
		return "", fmt.Errorf("setting %s: it is sealed: %w", key, seal.ErrNoKey)
	}
	plain, err := box.Open(value, string(store), "setting", key)
	if err != nil {
		return "", fmt.Errorf("setting %s: %w", key, err)
	}
	return string(plain), nil
}

// Known is a setting as a form or a help page shows it.
type Known struct {
	Key     string // "tax.rate.*" stands for one per country
	Default string
	Help    string
}

// AllKnown lists every setting there is.
func AllKnown() []Known {
	list := make([]Known, 0, len(rules))
	for _, r := range rules {
		list = append(list, Known{Key: r.key, Default: r.def, Help: r.help})
	}
	return list
}

// Given is what was set, secrets left out of it, by key.
func Given(ctx context.Context, tx *db.Tx, store id.Store) (map[string]string, error) {
	rows, err := New(tx).ListSettings(ctx, store)
	if err != nil {
		return nil, fmt.Errorf("settings of %s: %w", store, err)
	}
	given := map[string]string{}
	for _, row := range rows {
		given[row.Name] = row.Value
		if seal.IsSealed(row.Value) {
			given[row.Name] = "(secret)"
		}
	}
	return given, nil
}

// ruleOf is the rule of a key; a rule whose key ends in * holds for a family of keys.
func ruleOf(key string) (rule, bool) {
	for _, r := range rules {
		family, isFamily := strings.CutSuffix(r.key, "*")
		if r.key == key || isFamily && strings.HasPrefix(key, family) && len(key) > len(family) {
			return r, true
		}
	}
	return rule{}, false
}

// didYouMean names the known key that is nearest to a wrong one.
func didYouMean(key string) string {
	names := make(map[string]int, len(rules))
	for _, r := range rules {
		names[r.key] = distance(key, r.key)
	}
	keys := slices.Sorted(maps.Keys(names))
	best := slices.MinFunc(keys, func(a, b string) int { return names[a] - names[b] })
	if names[best] > max(len(key), len(best))/2 {
		return "; `doorstep set` without arguments lists them"
	}
	return "; did you mean " + best + "?"
}
