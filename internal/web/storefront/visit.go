package storefront

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/text/language"

	"doorstep/internal/account"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/internal/words"
	"doorstep/money"
)

// visit is one request and what every page knows: the shop, its settings, the cart.
type visit struct {
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	store id.Store

	set      store.Settings
	words    words.Words // the visitor's language
	locale   string      // BCP 47, with the visitor's region where it is known
	lang     string      // the language that the address asked for
	nav      []link
	cart     cart.Cart        // zero: none yet
	units    int64            // in the cart
	customer account.Customer // who is signed in; zero: nobody
	session  account.CustomerSession
	page     ui.Page
	back     string // where the page's own forms lead back to
	away     bool   // its forms may end at a payment provider's
	now      time.Time
}

// link is a word that leads somewhere.
type link struct{ Name, URL string }

type handler func(v *visit) error

// errMissing is what is not there, or not any more.
var errMissing = errors.New("there is no such page")

// maxForm is more than any form of ours.
const maxForm = 256 << 10

// navigation is how many collections the header may show.
const navigation = 24

// page runs a handler and shows its error as a page.
func (s *shop) page(h handler) http.Handler { return s.pageUpTo(maxForm, h) }

// pageUpTo is page for forms of at most so many bytes.
func (s *shop) pageUpTo(most int64, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		v := &visit{w: w, r: r, ctx: r.Context(), now: s.Clock()}
		v.takeLanguage()
		v.back = v.r.URL.RequestURI()
		err := s.enter(v)
		if err == nil {
			err = h(v)
		}
		switch {
		case err == nil:
		case s.guessed(v, err):
			s.tooMany(v)
		default:
			s.failed(v, err)
		}
	})
}

// enter reads what every page shows.
func (s *shop) enter(v *visit) error {
	v.speak("en")
	var err error
	if v.store, err = s.Store(v.r); err != nil {
		return err
	}
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		if v.set, err = store.LoadSettings(ctx, tx, v.store); err != nil {
			return err
		}
		shelves, err := catalog.Collections(ctx, tx, v.store, navigation)
		if err != nil {
			return err
		}
		v.nav = v.nav[:0]
		for _, c := range shelves {
			v.nav = append(v.nav, link{c.Title, "/collections/" + c.Handle})
		}
		if err := s.findCustomer(ctx, tx, v); err != nil {
			return err
		}
		return s.findCart(ctx, tx, v)
	})
	if err != nil {
		return err
	}
	if err := s.noteVisit(v); err != nil {
		return err
	}
	v.speak(v.set.Locale)
	v.ctx = ui.WithWords(v.ctx, v.kit())
	mode := ""
	if c, err := v.r.Cookie(themeCookie); err == nil {
		mode = c.Value
	}
	v.page = ui.Page{Assets: s.assets, Theme: s.theme(v.set.Brand.Colour), Mode: mode, Locale: v.locale, Icon: s.icon(v)}
	return nil
}

// findCart reads the cart of the cookie; one that has become an order is none any more.
func (s *shop) findCart(ctx context.Context, tx *db.Tx, v *visit) error {
	token, ok := s.cartToken(v.r, v.store)
	if !ok {
		return nil
	}
	found, err := cart.ByToken(ctx, tx, v.store, token)
	if errors.Is(err, sql.ErrNoRows) || err == nil && found.OrderID != "" {
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := cart.Lines(ctx, tx, v.store, found.CartID)
	v.cart, v.units = found, 0
	for _, l := range lines {
		v.units += l.Quantity
	}
	return err
}

func (s *shop) theme(colour string) ui.Theme {
	if known, ok := s.themes.Load(colour); ok {
		return known.(ui.Theme)
	}
	t := ui.NewTheme(colour)
	s.themes.Store(colour, t)
	return t
}

// partial says whether only a part of the page is wanted.
func (v *visit) partial() bool { return v.r.Header.Get("HX-Request") == "true" }

// show answers with a page or a part of one. It is rendered whole before the first byte
// leaves, so that a failure becomes an error page.
func (v *visit) show(status int, c templ.Component) error {
	var out bytes.Buffer
	if err := c.Render(v.ctx, &out); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", ui.Policy(v.away, v.page.Theme.Hash))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	h.Add("Vary", "HX-Request, Accept-Language, Cookie")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(out.Bytes()) // the browser went away
	return nil
}

// leave sends the browser on; a part of a page makes it load the whole one.
func (v *visit) leave(url string) error {
	if v.partial() {
		v.w.Header().Set("HX-Redirect", url)
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(v.w, v.r, url, http.StatusSeeOther)
	return nil
}

// about fills in what others see of the page.
func (v *visit) about(title, description, path string) {
	v.page.Title = title
	if title != v.set.Brand.Name {
		v.page.Title = title + " · " + v.set.Brand.Name
	}
	v.page.Description = cut(plain(description), 160)
	if path != "" {
		v.page.Canonical = v.inLanguage(v.base()+path, v.lang)
		v.page.Alternates = v.alternates(v.base() + path)
	}
	v.page.Graph = []ui.Meta{{Property: "og:site_name", Content: v.set.Brand.Name}, {Property: "og:title", Content: title}, {Property: "og:type", Content: "website"}}
	if v.page.Description != "" {
		v.page.Graph = append(v.page.Graph, ui.Meta{Property: "og:description", Content: v.page.Description})
	}
	if v.page.Canonical != "" {
		v.page.Graph = append(v.page.Graph, ui.Meta{Property: "og:url", Content: v.page.Canonical})
	}
}

// base is the public address of the shop, without a slash at its end: the one that is set,
// else the one that was asked for.
func (v *visit) base() string {
	if v.set.PublicURL != "" {
		return v.set.PublicURL
	}
	scheme := "http"
	if v.secure() {
		scheme = "https"
	}
	return scheme + "://" + v.r.Host
}

// secure says whether the browser sees the shop by HTTPS.
func (v *visit) secure() bool {
	return v.r.TLS != nil || strings.HasPrefix(v.set.PublicURL, "https://")
}

// logo is the address of the shop's sign, without the host where it is our own: the page may
// be seen by another name.
func (v *visit) logo() string {
	if v.set.PublicURL != "" {
		return strings.TrimPrefix(v.set.Brand.LogoURL, v.set.PublicURL)
	}
	return v.set.Brand.LogoURL
}

// icon is the small sign of the shop in a browser's tab: its logo, else a bag.
func (s *shop) icon(v *visit) string {
	if logo := v.logo(); logo != "" {
		return logo
	}
	return s.assets.URL("shop.svg")
}

// favicon is where browsers look for the sign of pages that name none.
func (s *shop) favicon(v *visit) error {
	v.w.Header().Set("Cache-Control", "public, max-age=3600")
	http.Redirect(v.w, v.r, s.icon(v), http.StatusFound)
	return nil
}

// absolute is an address with the shop's own host before it where it has none.
func (v *visit) absolute(url string) string {
	if strings.HasPrefix(url, "/") {
		return v.base() + url
	}
	return url
}

// price is an amount as people here write it.
func (v *visit) price(a money.Amount) string { return a.Format(v.locale) }

// minor is an amount of the cart's, or else of the store's currency.
func (v *visit) minor(n int64) string {
	c := v.set.Currency
	if v.cart.Currency != "" {
		c = v.cart.Currency
	}
	return v.price(money.New(n, c))
}

// country is where the visitor probably is: where the cart goes, else what the browser's
// language says, else the shop's own country; empty when nobody knows.
func (v *visit) country() string {
	if to, err := v.cart.ShipTo(); err == nil && to.Country != "" {
		return to.Country
	}
	tags, _, _ := language.ParseAcceptLanguage(v.r.Header.Get("Accept-Language"))
	if shop, err := language.Parse(v.set.Locale); err == nil {
		tags = append(tags, shop)
	}
	for _, tag := range tags {
		if region, sure := tag.Region(); sure == language.Exact && region.IsCountry() {
			return region.String()
		}
	}
	return ""
}

// cards reads the cards of products in their order.
func (s *shop) cards(v *visit, products []id.Product) (list []report.Card, err error) {
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err = report.CardsOf(ctx, tx, v.store, products)
		return err
	})
	return slices.Clip(list), err
}

// year is this year, for the foot of pages.
func (v *visit) year() int { return v.now.In(v.zone()).Year() }
