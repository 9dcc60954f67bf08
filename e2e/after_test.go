package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"doorstep"
	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
)

// afterTown are the orders of people whose parcels come, or do not.
type afterTown struct {
	three, wrong, old received // three bowls; one that is another; one that came long ago
	young, own        received // one that came thirteen days ago; one whose link strangers guess
	late              flow.Placed
	sorry             string // the code that the late order's customer got
}

// received is an order with the secret of its customer's link.
type received struct {
	flow.Placed
	token string
}

// opened is an order that was placed, with its secret.
func opened(p *doorstep.Program, placed flow.Placed) received {
	return received{placed, flow.OrderToken(p.Seal, p.Store.StoreID, placed.Order.OrderID)}
}

func (r received) path(rest string) string {
	return "/orders/" + string(r.Order.OrderID) + rest + "?token=" + r.token
}

// stock places the orders; the late one was promised ten days ago, and its customer has the
// shop's apology.
func (a *afterTown) stock(ctx context.Context, p *doorstep.Program) (err error) {
	for name, one := range map[string]struct {
		into  *received
		bowls int64
	}{"Three Bowls": {&a.three, 3}, "Other Bowl": {&a.wrong, 1}, "Old Bowl": {&a.old, 1}, "Young Bowl": {&a.young, 1}, "Own Bowl": {&a.own, 1}} {
		placed, err := town.pottery.Order(ctx, p, name, one.bowls, true)
		if err != nil {
			return err
		}
		*one.into = opened(p, placed)
	}
	if a.late, err = town.pottery.Order(ctx, p, "Late Bowl", 1, true); err != nil {
		return err
	}
	return p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := wasDue(ctx, tx, a.late); err != nil {
			return err
		}
		if err := flow.GiveGoodwill(ctx, tx, p.Store.StoreID, a.late.Order.OrderID); err != nil {
			return err
		}
		code, _, err := discount.OfOrder(ctx, tx, p.Store.StoreID, a.late.Order.OrderID)
		a.sorry = code.Code
		return err
	})
}

// wasDue promises an order for ten days ago.
func wasDue(ctx context.Context, tx *db.Tx, placed flow.Placed) error {
	due := int64(tx.Now.Add(-10 * 24 * time.Hour))
	for _, statement := range []string{
		"UPDATE orders SET promised_from = $2, promised_to = $2 WHERE order_id = $1",
		"UPDATE promises SET from_at = $2, to_at = $2, expect_from_at = $2, expect_to_at = $2 WHERE order_id = $1",
	} {
		if _, err := tx.ExecContext(ctx, statement, string(placed.Order.OrderID), due); err != nil {
			return err
		}
	}
	return nil
}

// ask is a program of the merchant's; it answers a field of the answer, "purchases.0.id".
func ask(t *testing.T, town *stage.Town, method, path string, in any) map[string]any {
	t.Helper()
	return askAs(t, town, town.Key, method, "/admin"+path, in)
}

// askAs is a program of whoever has the token: the merchant's, or one that shops.
func askAs(t *testing.T, town *stage.Town, token, method, path string, in any) map[string]any {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, town.Base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", fmt.Sprint(t.Name(), path, clock.System()().UnixNano()))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s %v", method, path, res.Status, text, err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// last is the name of the last of a list in an answer.
func last(t *testing.T, doc map[string]any, list string) string {
	t.Helper()
	all, _ := doc[list].([]any)
	if len(all) == 0 {
		t.Fatalf("no %s in %v", list, doc)
	}
	one, _ := all[len(all)-1].(map[string]any)
	name, _ := one["id"].(string)
	return name
}

// comes lets the maker send the newest purchase of an order, and the parcel arrive.
func comes(t *testing.T, town *stage.Town, r received, number string, at time.Time) {
	t.Helper()
	ask(t, town, http.MethodPost, "/shipments/"+leaves(t, town, r, number)+"/event", map[string]any{"kind": "delivered", "at": at})
}

// leaves lets the maker send the newest purchase of an order, and answers the parcel.
func leaves(t *testing.T, town *stage.Town, r received, number string) (parcel string) {
	t.Helper()
	order := "/orders/" + string(r.Order.OrderID)
	purchase := "/purchases/" + last(t, ask(t, town, http.MethodGet, order, nil), "purchases")
	ask(t, town, http.MethodPost, purchase+"/place-by-hand", map[string]string{"ref": "H-" + number})
	ask(t, town, http.MethodPost, purchase+"/accept", map[string]string{})
	sent := ask(t, town, http.MethodPost, purchase+"/ship", map[string]string{"number": number, "carrier_name": "Harbour Post"})
	return last(t, sent, "shipments")
}

// TestReturnPartlyAccepted: three bowls go back, and one of them was used. The customer asks and
// sends them, the merchant looks at them, and the customer reads why one is not paid.
func TestReturnPartlyAccepted(t *testing.T) {
	t.Parallel()
	r := &town.after.three
	town := shop(t)
	comes(t, town, *r, "HPTHREE1", time.Now().Add(-24*time.Hour))
	p := person(t, browser.Look{Phone: true})
	p.Go(town.Base + r.path("/claims/new"))
	p.Click("input[name=kind][value='no-longer-wanted']")
	p.Choose("select[name^='line-']", "3")
	p.Type("#claim-words", "They do not fit on the shelf.")
	p.Click("input[name=wish][value=credit]")
	p.Axe(axe)
	p.Fits()
	p.Follow("form[action*='/claims'] .btn--main")
	p.AtURL("/claims/cl")
	mine := p.At()
	p.Sees("main .badge >> Please send it back")
	p.Sees("main >> Harbour Street 1")
	p.Type("input[name=number]", "RB123456785DE")
	p.Follow("form[action*='/sent'] .btn")
	p.Axe(axe)
	p.Fits()

	signIn(p, town.Base, manager, stage.Password)
	p.Go(town.Base + "/admin/claims")
	p.Follow("#claims a >> " + fmt.Sprint(r.Order.Number) + "-C1")
	p.Sees("main >> RB123456785DE")
	p.Follow("form[action$='/receive'] button")
	p.Type("form[action$='/inspect'] input[name^='line-']", "2")
	p.Type("form[action$='/inspect'] textarea", "One bowl was used.")
	p.Axe(axe)
	p.Fits()
	p.Follow("form[action$='/inspect'] .btn--main")
	p.Sees("main >> 1 of them not accepted")

	p.Go(mine)
	p.Sees("main >> One bowl was used.")
	p.Sees("main .strong >> €48.00 as store credit")
	p.Axe(axe)
	p.Fits()
}

// TestWrongItemReplaced: another bowl came. The customer shows it, the merchant sends the right
// one, and the claim ends when it is there.
func TestWrongItemReplaced(t *testing.T) {
	t.Parallel()
	r := &town.after.wrong
	town := shop(t)
	comes(t, town, *r, "HPWRONG1", time.Now().Add(-24*time.Hour))
	photo, err := stage.Photo(t.TempDir(), "other.jpg")
	if err != nil {
		t.Fatal(err)
	}
	p := person(t, browser.Look{Dark: true})
	p.Go(town.Base + r.path("/claims/new"))
	p.Click("input[name=kind][value='wrong-item']")
	p.Choose("select[name^='line-']", "1")
	p.Type("#claim-words", "This is a jug.")
	p.Attach("#claim-photos", photo)
	p.Click("input[name=wish][value=replacement]")
	p.Follow("form[action*='/claims'] .btn--main")
	p.AtURL("/claims/cl")
	mine := p.At()

	signIn(p, town.Base, manager, stage.Password)
	p.Go(town.Base + "/admin/claims")
	p.Follow("#claims a >> " + fmt.Sprint(r.Order.Number) + "-C1")
	p.Sees("main img[src*='/photos/']")
	p.Follow("form:has(input[name=outcome][value=replacement]) button")
	p.Axe(axe)
	p.Go(mine)
	p.Sees("main .strong >> once more")
	comes(t, town, *r, "HPWRONG2", time.Now())
	p.SeesOnReload("main .badge >> Settled")
	p.Go(town.Base + r.path(""))
	p.Sees("main >> HPWRONG2")
	p.Axe(axe)
	p.Fits()
}

// TestWithdrawalInTime: thirteen days after the bowl came its customer may still change their
// mind, says so, and reads where to send it.
func TestWithdrawalInTime(t *testing.T) {
	t.Parallel()
	r := &town.after.young
	town := shop(t)
	comes(t, town, *r, "HPYOUNG1", time.Now().Add(-13*24*time.Hour))
	p := person(t, browser.Look{Phone: true, Dark: true})
	p.Go(town.Base + r.path("/claims/new"))
	p.SeesNot("label:has(input[name=kind][value='no-longer-wanted']) >> The time for this is over.")
	p.Axe(axe)
	p.Fits()
	stage.FillClaim(p, "no-longer-wanted", "1", "money", "I changed my mind.")
	p.Sees("main .badge >> Please send it back")
	p.Sees("main address >> Harbour Street 1")
	p.Axe(axe)
	p.Fits()
}

// TestWithdrawalTooLate: fifteen days after the bowl came the form says that the time for a
// change of mind is over, and offers what is still possible.
func TestWithdrawalTooLate(t *testing.T) {
	t.Parallel()
	r := &town.after.old
	town := shop(t)
	came := time.Now().Add(-15 * 24 * time.Hour)
	for d := came.AddDate(0, 0, 14).Weekday(); d == time.Saturday || d == time.Sunday; d = came.AddDate(0, 0, 14).Weekday() {
		came = came.Add(-24 * time.Hour) // the law moves the end of the days to the Monday after
	}
	comes(t, town, *r, "HPOLD1", came)
	p := person(t, browser.Look{Phone: true})
	p.Go(town.Base + r.path("/claims/new"))
	p.Sees("label:has(input[name=kind][value='no-longer-wanted'][disabled]) >> The time for this is over.")
	p.Sees("input[name=kind][value=damaged]:not([disabled])")
	p.Axe(axe)
	p.Fits()
	p.Eval("document.querySelector(\"input[name=kind][value='no-longer-wanted']\").disabled = false", nil)
	p.Click("input[name=kind][value='no-longer-wanted']")
	p.Choose("select[name^='line-']", "1")
	p.Type("#claim-words", "I changed my mind.")
	p.Eval("document.querySelector(\"input[name=wish][value=money]\").checked = true", nil) // nothing is offered for what is over
	p.Expect(http.StatusUnprocessableEntity, "/claims")
	p.Follow("form[action*='/claims'] .btn--main")
	p.Sees("main .notice >> The time for this is over.")
	p.Axe(axe)
}

// TestGoodwillCodeAtTheTill: who waited too long has a code by mail, which takes a tenth off the
// next order, and off nobody else's.
func TestGoodwillCodeAtTheTill(t *testing.T) {
	t.Parallel()
	place, bowl, a := shop(t), town.pottery.Handle, &town.after
	p := shopper{person(t, browser.Look{Phone: true})}
	p.Go(place.Inbox() + "/?q=" + a.sorry)
	p.SeesOnReload("#list a")
	p.Follow("#list a")
	p.Follow("article a[href*='show=text']")
	p.Sees("article pre >> " + a.sorry)

	p.Go(place.Base + "/products/" + bowl)
	p.Click("#product .buy__button")
	p.Follow("dialog#cart a[href='/cart'], dialog#cart a[href='/checkout']")
	p.Go(place.Base + "/cart")
	p.Type("#discount-code", a.sorry)
	p.Follow("form[action='/cart/code'] .btn")
	p.Sees("main >> −€2.40")
	p.Axe(axe)
	p.Fits()
	p.Go(place.Base + "/checkout")
	p.checkout(a.late.Order.Email)
	p.pay()
	p.Sees("main >> " + a.sorry)
	p.Axe(axe)
	p.Fits()
}
