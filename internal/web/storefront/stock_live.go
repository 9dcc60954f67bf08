package storefront

import (
	"bytes"
	"context"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/web/ui"
)

// fewLeft is from how many units on the number is not told: it would be read as a promise, and
// change with every sale.
const fewLeft = 5

// stock is what is said about how many there are of the chosen variant: the number only where
// it is small.
func (p productPage) stock(v *visit) (words string, tone ui.Tone) {
	switch free := p.Chosen.Free(); {
	case !p.Exists:
		return v.say("stock_none"), ui.Warn
	case free == 0:
		words, tone = v.say("sold_out"), ui.Bad
	case free <= fewLeft:
		words, tone = v.count("stock_few", free), ui.Warn
	default:
		words, tone = v.say("stock_good"), ui.Good
	}
	if len(p.Variants) > 1 {
		words = v.say("stock_of", "variant", p.Chosen.Title, "words", words)
	}
	return words, tone
}

// stockOfAll is what is said of the product whatever is chosen, where not everything of it can
// be had; empty otherwise.
func (p productPage) stockOfAll(v *visit) string {
	left := int64(0)
	for _, one := range p.Variants {
		if one.Free() > 0 {
			left++
		}
	}
	switch all := int64(len(p.Variants)); {
	case all == 1 || left == all:
		return ""
	case left == 0:
		return v.say("stock_all_out")
	default:
		return v.count("stock_some", left, "all", itoa(all))
	}
}

// stockStamp changes when the page says something else of its stock.
func (p productPage) stockStamp() int64 {
	h := fnv.New64a()
	for _, one := range p.Variants {
		_, _ = h.Write([]byte(string(one.VariantID) + " " + itoa(min(one.Free(), fewLeft+1)) + "\n"))
	}
	return int64(h.Sum64() >> 1) // shifted: it fits
}

// liveURL is where the page's stock is told, with what is chosen on it.
func (p productPage) liveURL() string {
	q := url.Values{"variant": {string(p.Chosen.VariantID)}, "since": {itoa(p.stockStamp())}}
	for _, o := range p.Options {
		q.Set(o.Field, o.Chosen)
	}
	return p.URL() + "/live?" + q.Encode()
}

// stocked is the page with another stock.
func (p productPage) stocked(stock catalog.Stock, form url.Values) productPage {
	p.Variants = slices.Clone(p.Variants)
	for i := range p.Variants {
		p.Variants[i].Available, p.Variants[i].Reserved = stock[p.Variants[i].VariantID], 0
	}
	p.Options = nil
	p.choose(form)
	return p
}

// stockNews sends the options, the stock and the button of a product's page anew whenever the
// stock has changed (server-sent events).
func (s *shop) stockNews(v *visit) error {
	p, form := productPage{}, v.r.URL.Query()
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := catalog.ByHandle(ctx, tx, v.store, v.r.PathValue("handle"))
		if err != nil {
			return err
		}
		if found.Status != catalog.Active {
			return errMissing
		}
		p.Listing, err = catalog.Full(ctx, tx, found)
		return err
	})
	if err != nil {
		return err
	}
	leave, refused := s.stocks.join(v.store, p.ProductID, s.seatOf(v))
	if refused != 0 {
		ui.RefuseSeat(v.w, refused)
		return nil
	}
	defer leave()
	since, _ := strconv.ParseInt(form.Get("since"), 10, 64)
	return s.stream(v, since, func(since int64) (int64, []byte) {
		stock, known := s.stocks.now(v.store, p.ProductID)
		if !known {
			return since, nil
		}
		now := p.stocked(stock, form)
		stamp := now.stockStamp()
		if stamp == since || !now.Exists {
			return since, nil
		}
		var html bytes.Buffer
		if err := stockParts(v, now).Render(v.ctx, &html); err != nil {
			s.Log.Error("the stock of a page was not drawn", "product", p.ProductID, "error", err)
			return since, nil
		}
		return stamp, html.Bytes()
	})
}
