package storefront

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	photos "doorstep/internal/photo"
	"doorstep/money"
)

// maxClaimForm is more than a form with its photos.
const maxClaimForm = claim.MostPhotos*photos.MostBytes + maxForm

// claimKinds are what may be wrong, in the visit's language.
var claimKinds = map[claim.Kind]string{
	claim.NotArrived: k("claim_kind_not_arrived"), claim.Late: k("claim_kind_late"), claim.Damaged: k("claim_kind_damaged"),
	claim.WrongItem: k("claim_kind_wrong_item"), claim.MissingPart: k("claim_kind_missing_part"),
	claim.NotAsDescribed: k("claim_kind_not_as_described"), claim.NoLongerWanted: k("claim_kind_no_longer_wanted"),
}

// claimCodes are the texts for what a claim is refused for, by code.
var claimCodes = map[string]string{
	"kind": k("claim_no_kind"), "wish": k("claim_no_wish"), "units": k("claim_no_units"), "words": k("claim_no_words"), "photos": k("claim_no_photos"),
	"too-late": k("claim_too_late"), "too-early": k("claim_too_early"), "not-delivered": k("claim_not_delivered"), "not-possible": k("claim_not_possible"),
	"amount": k("claim_no_amount"), "receipt": k("claim_no_receipt"), "format": k("claim_photo_format"), "size": k("claim_photo_size"), "number": k("claim_no_number"),
	"wish-shut": k("claim_wish_shut"), "variant": k("exchange_choose"), "exchange": k("exchange_gone"), "exchange-over": k("exchange_over"), "payment-missing": k("exchange_no_way"), "sold-out": k("exchange_gone"),
}

// claimForm is the page on which a customer says what is wrong.
type claimForm struct {
	Order   order.Order
	Lines   []order.OrderLine
	Free    map[int64]int64
	By      map[claim.Kind]claim.Decision
	Token   string
	Kind    claim.Kind
	Wish    string
	Words   string
	Units   map[int64]int64
	Problem string
	Field   string // that the problem is about

	Variant id.Variant // that is wished for instead; empty: none
	Line    int64      // in place of units of this one
	Swap    *flow.ExchangeOption
	Credit  bool // what goes back because it costs less is to be store credit
}

// action is an address of an order with its secret.
func (p claimForm) action(rest string) string {
	return "/orders/" + string(p.Order.OrderID) + rest + tokenQuery(p.Token)
}

func tokenQuery(token string) string {
	if token == "" {
		return ""
	}
	return "?token=" + token
}

// mayOpen is opened for forms with files: nobody's are read before it is known who sends them.
func (s *shop) mayOpen(v *visit) (id.Order, error) {
	name := id.Order(v.r.PathValue("order"))
	if flow.OrderTokenOpens(s.Seal, v.r.URL.Query().Get("token"), v.store, name) {
		return name, nil
	}
	if !v.signedIn() {
		return "", errMissing
	}
	var o order.Order
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = order.Get(ctx, tx, v.store, name)
		return err
	})
	if err == nil && o.CustomerID != v.customer.CustomerID {
		err = errMissing
	}
	return name, err
}

// newClaim shows the form.
func (s *shop) newClaim(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	p, q := claimForm{}, v.r.URL.Query()
	if variant := q.Get("variant"); variant != "" {
		p.Variant, p.Units = id.Variant(variant), map[int64]int64{numberOf(q.Get("line")): max(numberOf(q.Get("units")), 1)}
	}
	return s.showClaimForm(v, http.StatusOK, name, p)
}

func (s *shop) showClaimForm(v *visit, status int, name id.Order, p claimForm) error {
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Order, err = order.Get(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Lines, err = order.LinesOf(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Free, p.By, err = flow.MayClaim(ctx, tx, v.store, name); err != nil {
			return err
		}
		return p.readSwap(ctx, tx, v)
	})
	if err != nil {
		return err
	}
	if p.Variant != "" && p.Swap == nil && p.Problem == "" {
		p.Problem = v.say("exchange_gone")
	}
	p.Token = v.r.URL.Query().Get("token")
	v.privately(v.say("claim_title"))
	return v.show(status, claimFormView(v, p))
}

// privately titles a page whose address opens an order.
func (v *visit) privately(title string) {
	v.about(title, "", "")
	v.page.Robots = "noindex"
	v.w.Header().Set("Referrer-Policy", "no-referrer")
}

// openClaim takes the form in.
func (s *shop) openClaim(v *visit) error {
	name, err := s.mayOpen(v)
	if err != nil {
		return err
	}
	may, problem, err := s.mayClaim(v, name)
	if err != nil {
		return err
	}
	if problem != "" {
		return s.showClaimForm(v, may, name, v.claimTyped(problem))
	}
	sent, problem, err := v.photosOf("photos")
	if err != nil {
		return err
	}
	p := v.claimTyped(problem)
	if problem != "" {
		return s.showClaimForm(v, http.StatusUnprocessableEntity, name, p)
	}
	var made claim.Claim
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		_, by, err := flow.MayClaim(ctx, tx, v.store, name)
		if err != nil {
			return err
		}
		made, err = flow.OpenClaim(ctx, tx, v.store, name, flow.ClaimSaid{Kind: p.Kind, Wish: outcomeOf(p, by[p.Kind]), Units: p.Units, Words: p.Words, Photos: sent,
			Variant: p.Variant, WishCredit: p.Wish == "credit" || p.Credit, Actor: customer})
		return err
	})
	if refused, ok := errors.AsType[*flow.Refusal](err); ok {
		p.Problem, p.Field = v.claimRefused(refused), refused.Field
		return s.showClaimForm(v, http.StatusUnprocessableEntity, name, p)
	}
	if err != nil {
		return err
	}
	return v.leave(claimURL(name, made.ClaimID, v.r.URL.Query().Get("token")))
}

// claimTyped is what was typed, and what speaks against it.
func (v *visit) claimTyped(problem string) claimForm {
	p := claimForm{Kind: claim.Kind(v.r.PostFormValue("kind")), Wish: v.r.PostFormValue("wish"), Words: v.r.PostFormValue("words"), Units: map[int64]int64{}, Problem: problem,
		Variant: id.Variant(v.r.PostFormValue("variant")), Credit: v.r.PostFormValue("credit") == "yes"}
	for line, n := range v.r.PostForm {
		if l, err := strconv.ParseInt(line[min(len(line), 5):], 10, 64); err == nil && len(line) > 5 && line[:5] == "line-" {
			p.Units[l], _ = strconv.ParseInt(n[0], 10, 64) // what is no number is none
		}
	}
	return p
}

// mayClaim counts a claim before its photos are read, and says what speaks against any of the order.
func (s *shop) mayClaim(v *visit, name id.Order) (status int, problem string, err error) {
	var by map[claim.Kind]claim.Decision
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := flow.CountClaim(ctx, tx, v.store, name, s.from(v.r)); err != nil {
			return err
		}
		_, by, err = flow.MayClaim(ctx, tx, v.store, name)
		return err
	})
	if soon, ok := errors.AsType[*flow.TooSoon](err); ok {
		return http.StatusTooManyRequests, v.waitWords(soon.Wait), nil
	}
	if err == nil && len(by) == 0 {
		return http.StatusUnprocessableEntity, v.say("claim_not_possible"), nil
	}
	return http.StatusOK, "", err
}

func claimURL(o id.Order, c id.Claim, token string) string {
	return "/orders/" + string(o) + "/claims/" + string(c) + tokenQuery(token)
}

// outcomeOf is a customer's wish in the shop's words: whether goods must come back for money
// is for the rules to say.
func outcomeOf(p claimForm, d claim.Decision) claim.Outcome {
	if p.Wish != "money" && p.Wish != "credit" {
		return claim.Outcome(p.Wish)
	}
	if p.Kind.Missing() {
		return claim.Refund
	}
	if keep, _ := d.Choice(claim.Keep); keep.Outcome != "" && keep.Barred == "" && p.Kind != claim.NoLongerWanted {
		return claim.Keep
	}
	return claim.Return
}

func (v *visit) claimRefused(r *flow.Refusal) string {
	if key, known := claimCodes[r.Code]; known {
		return v.say(key)
	}
	return v.say("claim_not_possible")
}

// kindOptions are the kinds that can be claimed today, and those that cannot, with the reason.
func (v *visit) claimWhen(d claim.Decision) string {
	if !d.Open {
		return v.say(claimCodes[d.Code])
	}
	if d.Until.IsZero() {
		return ""
	}
	return v.say("claim_until", "day", v.date(clock.Of(d.Until)))
}

// inOrder is an amount of an order's currency.
func (v *visit) inOrder(o order.Order, minor int64) string {
	return v.price(money.New(minor, o.Currency))
}
