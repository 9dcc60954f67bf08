package storefront

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/web/api/answer"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// cartPage is a cart as its page, its drawer and the checkout's summary show it.
type cartPage struct {
	Lines    []cartLine
	Subtotal money.Amount
	FreeFrom money.Amount // subtotal from which shipping is free; zero: never
	Problem  string
	News     string
	Removed  *removedLine // just now

	Code        string       // a discount's, as it was entered
	CodeProblem string       // why it does not hold
	Off         money.Amount // what it takes off the goods; zero: it is free shipping
}

// cartLine is units of a variant at today's price.
type cartLine struct {
	Variant     id.Variant
	Title, Kind string
	URL         string
	Image       report.Picture
	Quantity    int64
	Free        int64
	ForSale     bool
	Unit, Total money.Amount
}

// removedLine is what was taken out of the cart and can be put back.
type removedLine struct {
	Variant  id.Variant
	Quantity int64
	Title    string
}

// trouble says why a line cannot be bought as it is; empty when it can.
func (l cartLine) trouble(v *visit) string {
	switch {
	case !l.ForSale:
		return v.say("line_gone")
	case l.Free == 0:
		return v.say("line_sold_out")
	case l.Free < l.Quantity:
		return v.count("line_few", l.Free)
	}
	return ""
}

// ready says whether everything in the cart can be bought.
func (p cartPage) ready() bool {
	for _, l := range p.Lines {
		if !l.ForSale || l.Free < l.Quantity || l.Free == 0 {
			return false
		}
	}
	return len(p.Lines) > 0
}

// readCart reads the lines of the visit's cart.
func readCart(ctx context.Context, tx *db.Tx, v *visit) (cartPage, error) {
	p := cartPage{Subtotal: money.Zero(v.set.Currency)}
	if v.set.ShippingFreeFrom > 0 {
		p.FreeFrom = money.New(v.set.ShippingFreeFrom, v.set.Currency)
	}
	if v.cart.CartID == "" {
		return p, nil
	}
	p.Subtotal.Currency = v.cart.Currency
	lines, err := cart.Lines(ctx, tx, v.store, v.cart.CartID)
	if err != nil {
		return p, err
	}
	v.units = 0
	for _, l := range lines {
		one, err := readLine(ctx, tx, v, l)
		if err != nil {
			return p, err
		}
		v.units += l.Quantity
		p.Lines = append(p.Lines, one)
		if one.ForSale {
			p.Subtotal.Minor += one.Total.Minor
		}
	}
	return p, p.readCode(ctx, tx, v)
}

// readCode finds out what the cart's code is good for.
func (p *cartPage) readCode(ctx context.Context, tx *db.Tx, v *visit) (err error) {
	p.Code, p.Off = v.cart.Code, money.Zero(v.cart.Currency)
	if p.Code == "" || !p.ready() {
		return nil
	}
	p.Off, err = flow.CodeTakes(ctx, tx, v.cart)
	var refused *flow.Refusal
	if errors.As(err, &refused) {
		p.CodeProblem, err = v.refused(ctx, tx, refused), nil
	}
	return err
}

// bill is the sum of the goods, with what the code takes off.
func (p cartPage) bill(v *visit) []ui.SumLine {
	if p.Off.Minor == 0 || p.CodeProblem != "" {
		return []ui.SumLine{{Name: v.say("sum_subtotal"), Value: v.price(p.Subtotal), Total: true}}
	}
	return []ui.SumLine{{Name: v.say("sum_subtotal"), Value: v.price(p.Subtotal)},
		{Name: v.say("sum_discount_code", "code", p.Code), Value: "−" + v.price(p.Off)},
		{Name: v.say("sum_total"), Value: v.price(money.New(p.Subtotal.Minor-p.Off.Minor, p.Subtotal.Currency)), Total: true}}
}

// enterDiscount puts a discount's code into the cart, or takes it out.
func (s *shop) enterDiscount(v *visit) error {
	typed := strings.TrimSpace(v.r.PostFormValue("code"))
	if v.cart.CartID == "" {
		return v.leave("/cart")
	}
	if len(typed) > maxCode {
		typed = typed[:maxCode]
	}
	err := s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.EnterDiscount(ctx, tx, v.store, v.cart.CartID, typed)
	})
	words, err := s.refusal(v, err)
	if err != nil {
		return err
	}
	if words == "" {
		return v.leave("/cart")
	}
	p, err := s.theCart(v)
	if err != nil {
		return err
	}
	p.Code, p.CodeProblem, p.Off.Minor = strings.ToValidUTF8(typed, ""), words, 0
	v.about(v.say("cart_title"), "", "")
	v.page.Robots = "noindex"
	return v.show(http.StatusUnprocessableEntity, cartView(v, p))
}

// maxCode is more than any code has letters.
const maxCode = 60

func readLine(ctx context.Context, tx *db.Tx, v *visit, l cart.CartLine) (cartLine, error) {
	variant, err := catalog.GetVariant(ctx, tx, v.store, l.VariantID)
	if errors.Is(err, sql.ErrNoRows) {
		return cartLine{Variant: l.VariantID, Title: v.say("line_gone_title"), Quantity: l.Quantity}, nil
	}
	if err != nil {
		return cartLine{}, err
	}
	product, err := catalog.Get(ctx, tx, v.store, variant.ProductID)
	if err != nil {
		return cartLine{}, err
	}
	one := cartLine{Variant: l.VariantID, Title: product.Title, Kind: variant.Title, Quantity: l.Quantity, Free: variant.Free(),
		URL: "/products/" + product.Handle + "?variant=" + string(variant.VariantID), Unit: variant.Price(),
		ForSale: product.Status == catalog.Active && variant.Currency == v.cart.Currency, Image: report.Picture{URL: variant.Image}}
	if one.Image.URL == "" {
		cards, err := report.CardsOf(ctx, tx, v.store, []id.Product{product.ProductID})
		if err != nil {
			return one, err
		}
		if len(cards) > 0 {
			one.Image = cards[0].Image
		}
	}
	one.Total, err = one.Unit.Times(l.Quantity)
	return one, err
}

func (s *shop) theCart(v *visit) (p cartPage, err error) {
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err = readCart(ctx, tx, v)
		return err
	})
	return p, err
}

// cart shows the cart as a page.
func (s *shop) cart(v *visit) error {
	p, err := s.theCart(v)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	if p.Removed, err = s.removed(v, p, id.Variant(q.Get("removed")), q.Get("of")); err != nil {
		return err
	}
	v.about(v.say("cart_title"), "", "")
	v.page.Robots = "noindex"
	return v.show(http.StatusOK, cartView(v, p))
}

// removed is a line that was just taken out, for the page that follows; nil where the address
// names none, or the cart has it again.
func (s *shop) removed(v *visit, p cartPage, variant id.Variant, of string) (*removedLine, error) {
	quantity, err := strconv.ParseInt(of, 10, 64)
	again := slices.ContainsFunc(p.Lines, func(l cartLine) bool { return l.Variant == variant })
	if variant == "" || err != nil || quantity < 1 || quantity > cart.MaxQuantity || again || v.cart.CartID == "" {
		return nil, nil
	}
	var line cartLine
	err = s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		line, err = readLine(ctx, tx, v, cart.CartLine{VariantID: variant, Quantity: quantity})
		return err
	})
	if err != nil || !line.ForSale || line.Free == 0 {
		return nil, err
	}
	return &removedLine{variant, quantity, line.Title}, nil
}

// drawer shows the cart at the side of a page.
func (s *shop) drawer(v *visit) error {
	p, err := s.theCart(v)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, drawerBody(v, p))
}

// addToCart puts units of a variant into the cart, which is made with its first article.
func (s *shop) addToCart(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return errMissing
	}
	form := v.r.PostForm
	p, err := s.readProduct(v, form.Get("product"), form)
	if err != nil {
		return err
	}
	if !p.Exists {
		return s.notAdded(v, p, v.say("not_made"))
	}
	quantity, err := strconv.ParseInt(form.Get("quantity"), 10, 64)
	if err != nil || quantity < 1 || quantity > cart.MaxQuantity {
		quantity = 1
	}
	token, err := s.putOnce(v, p, quantity, form.Get("key"))
	var refused *flow.Refusal
	var many *tooMany
	switch {
	case errors.As(err, &many):
		return s.notAdded(v, p, many.words(v))
	case errors.As(err, &refused):
		return s.notAdded(v, p, s.refusedWords(v, refused))
	case err != nil:
		return err
	}
	if token != "" {
		s.keepCart(v, token)
	}
	if !v.partial() {
		return v.leave("/cart")
	}
	now, err := s.theCart(v)
	if err != nil {
		return err
	}
	now.News = v.say("cart_added", "title", p.Title)
	v.w.Header().Set("HX-Trigger", `{"open":{"id":"cart"}}`)
	return v.show(http.StatusOK, drawerAfter(v, now))
}

// notAdded shows the product again with the reason why it is not in the cart.
func (s *shop) notAdded(v *visit, p productPage, words string) error {
	p.Problem, p.Key = words, id.Token()
	if v.partial() {
		v.w.Header().Set("HX-Retarget", "#product")
		v.w.Header().Set("HX-Reswap", "outerHTML")
		return v.show(http.StatusUnprocessableEntity, productMain(v, p))
	}
	v.back = p.URL()
	v.about(p.heading(), p.description(), p.URL())
	return v.show(http.StatusUnprocessableEntity, productView(v, p))
}

// putOnce puts units into the cart, once for each key of a form within a few seconds; it
// answers the token of a cart that it had to make. More than can be promised is refused.
func (s *shop) putOnce(v *visit, p productPage, quantity int64, key string) (token string, err error) {
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		token = ""
		if v.cart.CartID == "" {
			made, secret, err := flow.StartCart(ctx, tx, v.store, v.locale)
			if err != nil {
				return err
			}
			v.cart, token = made, secret
		}
		again, err := seen(ctx, tx, v.store, string(v.cart.CartID), key)
		if err != nil || again {
			return err
		}
		had := int64(0)
		lines, err := cart.Lines(ctx, tx, v.store, v.cart.CartID)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.VariantID == p.Chosen.VariantID {
				had = l.Quantity
			}
		}
		if free := p.Chosen.Free(); had+quantity > free {
			return &tooMany{free, had}
		}
		return flow.PutInCart(ctx, tx, v.store, v.cart.CartID, p.Chosen.VariantID, quantity, true)
	})
	if err != nil && token != "" { // the cart went with the transaction
		v.cart, token = cart.Cart{}, ""
	}
	return token, err
}

// tooMany says that more was wanted than is free; had of it are in the cart already.
type tooMany struct{ free, had int64 }

// Error is for the log; words is for people.
func (t *tooMany) Error() string {
	return fmt.Sprintf("only %d are free, %d are in the cart", t.free, t.had)
}

func (t *tooMany) words(v *visit) string {
	switch {
	case t.free == 0:
		return v.say("many_sold_out")
	case t.had >= t.free:
		return v.count("many_all", t.free)
	case t.had > 0:
		return v.count("many_some", t.free, "had", itoa(t.had))
	}
	return v.count("many_few", t.free)
}

// doubleClick is how long the same form sent again is the same command.
const doubleClick = 10 * time.Second

// seen notes the key of a form; true when it was noted a moment ago.
func seen(ctx context.Context, tx *db.Tx, store id.Store, cart, key string) (bool, error) {
	if key == "" || len(key) > 100 {
		return false, nil
	}
	q, scope := answer.New(tx), "storefront "+cart
	n, err := q.Begin(ctx, answer.BeginParams{StoreID: store, Scope: scope, Name: key, CreatedAt: tx.Now})
	if err != nil || n > 0 {
		return false, err
	}
	kept, err := q.Kept(ctx, answer.KeptParams{StoreID: store, Scope: scope, Name: key})
	if err != nil || tx.Now.Before(kept.CreatedAt.Add(doubleClick)) {
		return true, err
	}
	n, err = q.TakeOver(ctx, answer.TakeOverParams{StoreID: store, Scope: scope, Name: key, Began: kept.CreatedAt, Now: max(tx.Now, kept.CreatedAt+1)})
	return n == 0, err
}

// setLine changes how many of a line are wanted; none takes it out, which can be undone.
func (s *shop) setLine(v *visit) error {
	variant := id.Variant(v.r.PostFormValue("variant"))
	quantity, err := strconv.ParseInt(v.r.PostFormValue("quantity"), 10, 64)
	if v.cart.CartID == "" || variant == "" {
		return v.leave("/cart")
	}
	problem, had := "", int64(0)
	if err != nil || quantity < 0 || quantity > cart.MaxQuantity {
		problem = v.say("problem_quantity", "most", itoa(cart.MaxQuantity))
	} else if had, err = s.putLine(v, variant, quantity); err != nil {
		var refused *flow.Refusal
		if !errors.As(err, &refused) {
			return err
		}
		problem = s.refusedWords(v, refused)
	}
	gone := problem == "" && quantity == 0 && had > 0
	if !v.partial() && problem == "" {
		if gone {
			return v.leave("/cart?" + url.Values{"removed": {string(variant)}, "of": {itoa(had)}}.Encode())
		}
		return v.leave("/cart")
	}
	p, err := s.theCart(v)
	if err != nil {
		return err
	}
	if p.Problem = problem; gone {
		if p.Removed, err = s.removed(v, p, variant, itoa(had)); err != nil {
			return err
		}
	}
	if v.partial() {
		return v.show(http.StatusOK, cartParts(v, p))
	}
	v.about(v.say("cart_title"), "", "")
	v.page.Robots = "noindex"
	return v.show(http.StatusUnprocessableEntity, cartView(v, p))
}

// putLine sets how many of a variant are wanted, and answers how many were before.
func (s *shop) putLine(v *visit, variant id.Variant, quantity int64) (had int64, err error) {
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		had = 0
		lines, err := cart.Lines(ctx, tx, v.store, v.cart.CartID)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.VariantID == variant {
				had = l.Quantity
			}
		}
		return flow.PutInCart(ctx, tx, v.store, v.cart.CartID, variant, quantity, false)
	})
	return had, err
}
