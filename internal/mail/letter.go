package mail

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"doorstep/internal/words"
	"doorstep/money"
	"doorstep/postal"
)

// letter is a message before it is HTML or text: both are drawn from it, so that neither
// says more than the other.
type letter struct {
	Subject string
	Preview string // what mail programs show beside the subject
	Title   string
	Say     []string // paragraphs
	Button  Link
	Steps   []step
	Blocks  []block

	Unsubscribe Link // of a message that its reader can do without
}

// step is one of the stations of an order's way.
type step struct {
	Text string
	Done bool
}

// block is a part of a letter; of its kinds of content one is set.
type block struct {
	Title   string
	Facts   []fact   // names and values: a bank account, a tracking number
	Lines   []item   // articles
	Sums    []fact   // below articles
	Address []string // a postal address
	Link    Link     // below the content
	Notices []notice
	Note    string // below the content, small
}

type fact struct {
	Name, Value string
	Strong      bool
	Code        bool // to be copied letter by letter
}

type item struct {
	Title, Variant, Image, Price string
	Quantity                     int64
}

type notice struct {
	Title, Detail, URL, Since string
	Urgent                    bool
}

// scribe writes in one language for one brand and keeps the first thing that went wrong.
type scribe struct {
	words words.Words
	brand Brand
	most  int              // articles that are listed; 0: all
	said  func(key string) // hears which texts are said; nil: nobody listens
	err   error
}

// say is the text of a key; see words.Words.
func (s *scribe) say(key string, pairs ...string) string {
	s.note(key)
	text, err := s.words.Say(key, pairs...)
	s.fail(err)
	return text
}

// count is the text of a key for n things.
func (s *scribe) count(key string, n int64, pairs ...string) string {
	s.note(key)
	text, err := s.words.Count(key, n, pairs...)
	s.fail(err)
	return text
}

func (s *scribe) note(key string) {
	if s.said != nil {
		s.said(key)
	}
}

func (s *scribe) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// link is a button or a link that the message cannot do without.
func (s *scribe) link(key, address string) Link {
	safe := webAddress(address)
	if safe == "" {
		s.fail(fmt.Errorf("mail: %q is no web address", address))
	}
	return Link{s.say(key), safe}
}

// hello is a title that greets by name where there is one.
func (s *scribe) hello(key, name string, pairs ...string) string {
	if name = oneLine(name); name != "" {
		return s.say(key+"_name", append(pairs, "name", name)...)
	}
	return s.say(key, pairs...)
}

func (s *scribe) amount(a money.Amount) string {
	if a.Currency == "" {
		s.fail(errors.New("mail: an amount has no currency"))
	}
	return a.Format(s.words.Tag.String())
}

// day is a date in the store's time zone.
func (s *scribe) day(t time.Time) string {
	text, err := s.words.Date(t, s.zone())
	s.fail(err)
	return text
}

func (s *scribe) zone() *time.Location {
	if s.brand.Zone == nil {
		return time.UTC
	}
	return s.brand.Zone
}

// window is "on Tuesday, 3 March" or "between … and …"; empty when nobody knows.
func (s *scribe) window(w Window) string {
	switch {
	case w.From.IsZero() && w.To.IsZero():
		return ""
	case w.From.IsZero():
		return s.say("by_day", "day", s.day(w.To))
	case w.To.IsZero():
		return s.say("from_day", "day", s.day(w.From))
	case s.day(w.From) == s.day(w.To):
		return s.say("on_day", "day", s.day(w.From))
	}
	return s.say("between_days", "from", s.day(w.From), "to", s.day(w.To))
}

// steps draws the way up to the given station.
func (s *scribe) steps(done int) []step {
	var out []step
	for i, key := range []string{"step_confirmed", "step_shipped", "step_out", "step_delivered"} {
		out = append(out, step{s.say(key), i < done})
	}
	return out
}

// lines is the block of articles; none for none.
func (s *scribe) lines(title string, list []Line) []block {
	if len(list) == 0 {
		return nil
	}
	b := block{Title: title}
	for i, l := range list {
		if s.most > 0 && i >= s.most && len(list) > s.most+1 {
			b.Lines = append(b.Lines, item{Title: s.count("more_lines", int64(len(list)-i))})
			break
		}
		it := item{Title: oneLine(l.Title), Variant: oneLine(l.Variant), Image: picture(l.ImageURL), Quantity: l.Quantity}
		if l.Price.Currency != "" {
			it.Price = s.amount(l.Price)
		}
		b.Lines = append(b.Lines, it)
	}
	return []block{b}
}

// picture is the address of a picture that mail programs show; drawings in SVG they do not,
// and only those of the sample shop have a twin in PNG.
func picture(address string) string {
	u, err := url.Parse(webAddress(address))
	if err != nil {
		return ""
	}
	if drawn, ok := strings.CutSuffix(u.Path, ".svg"); ok && strings.HasPrefix(drawn, "/sample/") {
		u.Path = drawn + ".png"
	}
	if strings.HasSuffix(strings.ToLower(u.Path), ".svg") {
		return ""
	}
	return u.String()
}

// sums are the figures below the articles.
func (s *scribe) sums(t Totals) []fact {
	var out []fact
	add := func(key string, a money.Amount, strong bool) {
		if a.Currency != "" && (!a.IsZero() || strong) {
			out = append(out, fact{Name: s.say(key), Value: s.amount(a), Strong: strong})
		}
	}
	add("sum_goods", t.Goods, false)
	if code := oneLine(t.Code); code != "" && !t.Discount.IsZero() {
		out = append(out, fact{Name: s.say("sum_discount_code", "code", code), Value: s.amount(t.Discount)})
	} else {
		add("sum_discount", t.Discount, false)
	}
	add("sum_shipping", t.Shipping, false)
	if t.Shipping.Currency != "" && t.Shipping.IsZero() {
		out = append(out, fact{Name: s.say("sum_shipping"), Value: s.say("free")})
	}
	if !t.TaxIncluded {
		add("sum_tax", t.Tax, false)
	}
	add("sum_total", t.Total, true)
	if t.TaxIncluded {
		add("sum_tax_included", t.Tax, false)
	}
	return out
}

func (s *scribe) shipTo(a postal.Address) []block {
	lines := postal.Lines(a)
	if len(lines) == 0 {
		return nil
	}
	s.country(a.Country, lines)
	return []block{{Title: s.say("ship_to"), Address: lines}}
}

// country puts the reader's name of a country in the place of the English one that parcels
// carry.
func (s *scribe) country(code string, lines []string) {
	region, err := language.ParseRegion(code)
	if err != nil {
		return
	}
	english := postal.Lines(postal.Address{Country: code})
	name := display.Regions(s.words.Tag).Name(region)
	for i, line := range lines {
		if len(english) == 1 && line == english[0] && name != "" {
			lines[i] = cases.Upper(s.words.Tag).String(name)
		}
	}
}

// parcel is the card of a parcel: whose it is, its number, and the carrier's own page.
func (s *scribe) parcel(p Parcel) []block {
	if p.Number == "" {
		return nil
	}
	b := block{Title: s.say("parcel")}
	if p.Of > 1 {
		b.Title = s.say("parcel_of", "index", fmt.Sprint(p.Index), "of", fmt.Sprint(p.Of))
	}
	carrier := oneLine(p.Carrier)
	if carrier != "" {
		b.Facts = append(b.Facts, fact{Name: s.say("carrier"), Value: carrier})
	}
	b.Facts = append(b.Facts, fact{Name: s.say("tracking_number"), Value: oneLine(p.Number), Code: true})
	if w := s.window(p.Expected); w != "" {
		b.Facts = append(b.Facts, fact{Name: s.say("expected"), Value: w})
	}
	if address := webAddress(p.CarrierURL); address != "" && carrier != "" {
		b.Link = Link{s.say("carrier_page", "carrier", carrier), address}
	}
	return []block{b}
}
