package cj_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/supplier"
	"doorstep/supplier/cj/emulator"
)

// Every documented code in answer to a creation that was not acted on.
func TestCodesOfSubmit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code    int
		message string
		want    connector.Outcome
		cause   connector.Cause
	}{
		{1600000, "System busy", connector.WasNotSent, ""},
		{1600100, "Interface offline", connector.WasLost, ""},
		{1600101, "Interface not found", connector.WasLost, ""},
		{1600200, "Too many requests", connector.WasNotSent, ""},
		{1600201, "Quota has been used up", connector.WasNotSent, ""},
		{1600300, "Param error", connector.WasRejected, connector.CauseOther},
		{1600301, "Read timed out", connector.WasLost, ""},
		{1602000, "Variant not found", connector.WasRejected, connector.CauseItem},
		{1602001, "Product not found", connector.WasRejected, connector.CauseItem},
		{1602002, "Off shelf", connector.WasRejected, connector.CauseItem},
		{1602003, "Off shelf", connector.WasRejected, connector.CauseItem},
		{1603000, "Create order fail", connector.WasLost, ""}, // a new order may not be visible yet
		{1603000, "Server is busy, please try again later", connector.WasNotSent, ""},
		{1603001, "Order confirm fail", connector.WasLost, ""},
		{1603003, "Order number already exists", connector.WasLost, ""}, // and then it is not there
		{1603100, "Order not found", connector.WasLost, ""},
		{1603101, "Pay fail", connector.WasLost, ""},
		{1603102, "Inventory deduction fail", connector.WasRejected, connector.CauseSoldOut},
		{1604000, "Balance is insufficient", connector.WasLost, ""},
		{1604001, "Balance is restricted", connector.WasLost, ""},
		{1605000, "Logistic not found", connector.WasRejected, connector.CauseShipping},
		{1605001, "Logistic invalid", connector.WasRejected, connector.CauseShipping},
		{16900202, "Request method not supported", connector.WasRejected, connector.CauseOther},
		{16900203, "Content type not supported", connector.WasRejected, connector.CauseOther},
		{16900500, "Insufficient points", connector.WasNotSent, ""},
		{5027, "Platform api not support", connector.WasRejected, connector.CauseOther},
		{1699999, "Something new", connector.WasLost, ""},
	} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, nil)
			conn := d.open()
			d.Fail("createOrderV2", c.code, c.message, false)
			_, err := conn.Submit(t.Context(), sale("CODE", 1))
			if got := connector.OutcomeOf(err); got != c.want {
				t.Fatalf("%s (%v), want %s", got, err, c.want)
			}
			var rejected *connector.Rejected
			if errors.As(err, &rejected) && (rejected.Cause != c.cause || rejected.Code != fmt.Sprint(c.code) || len(rejected.Raw) == 0) {
				t.Errorf("rejected with cause %q, code %q, want %q and %d", rejected.Cause, rejected.Code, c.cause, c.code)
			}
			if c.want == connector.WasNotSent && connector.Wait(err) <= 0 {
				t.Error("no delay")
			}
		})
	}
}

// "Create order fail", and at once the look-up finds nothing: that is no certain no, because
// a new order may stay invisible for a while. The later look-up gives the refusal with its no.
func TestARefusalIsBelievedWhenTheOrderMustBeVisible(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	conn := d.open()
	d.Fail("createOrderV2", 1603000, "Create order fail", false)
	o := sale("LATE", 1)
	if _, err := conn.Submit(t.Context(), o); connector.OutcomeOf(err) != connector.WasLost {
		t.Fatalf("refused with %v, want a lost answer", err)
	}
	_, err := conn.(supplier.Finder).Find(t.Context(), o.Key)
	rejected, ok := errors.AsType[*connector.Rejected](err)
	if !errors.Is(err, connector.ErrNotFound) || !ok || rejected.Code != "1603000" {
		t.Errorf("the look-up: %v", err)
	}
	d.submit(conn, o)
	if _, err := conn.(supplier.Finder).Find(t.Context(), o.Key); err != nil {
		t.Errorf("it is there now: %v", err)
	}
}

// A code that says "it went wrong" while the order is there: the order is the answer.
func TestCodesOfSubmitThatWasActedOn(t *testing.T) {
	t.Parallel()
	for code, state := range map[int]supplier.State{1603000: supplier.Accepted, 1603001: supplier.Accepted,
		1603003: supplier.Accepted, 1603101: supplier.Accepted, 1604000: supplier.Accepted} {
		d := newDesk(t, nil)
		conn := d.open()
		d.Fail("createOrderV2", code, "went wrong", true)
		s, err := conn.Submit(t.Context(), sale("ACTED", 1))
		if err != nil || s.State != state || s.Ref.Ref != d.Books()[0].Ref || s.Key != "ACTED" {
			t.Errorf("%d: %+v, %v; want the order %s", code, s.Ref, err, state)
		}
	}
}

// A token that CJ no longer accepts is replaced, once.
func TestTokenCodes(t *testing.T) {
	t.Parallel()
	for _, code := range []int{1600001, 1600002, 1600003} {
		d := newDesk(t, nil)
		conn := d.open()
		if err := conn.(supplier.Checker).Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.clock.Add(25 * time.Hour) // CJ gives the same tokens again within a day
		d.Fail("createOrderV2", code, "token", false)
		if _, err := conn.Submit(t.Context(), sale("TOKEN", 1)); err != nil {
			t.Errorf("%d once: %v", code, err)
		}
		d.clock.Add(25 * time.Hour)
		d.Fail("createOrderV2", code, "token", false)
		d.Fail("createOrderV2", code, "token", false)
		if _, err := conn.Submit(t.Context(), sale("TOKEN-2", 1)); connector.OutcomeOf(err) != connector.WasNotLetIn {
			t.Errorf("%d twice: %v, want unauthorised", code, err)
		}
	}
}

// The balance is too short: the order is there, unpaid, and says why.
func TestShortBalance(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *emulator.Options) { o.Balance = 100 })
	conn := d.open()
	s, err := conn.Submit(t.Context(), sale("POOR", 1))
	if err != nil || s.State != supplier.Unpaid || s.Cause != connector.CauseFunds || s.Code != "1604000" {
		t.Fatalf("%+v, %v; want it unpaid for lack of funds", s, err)
	}
	pay := conn.(supplier.Payer)
	var rejected *connector.Rejected
	if err := pay.Pay(t.Context(), s.Ref); !errors.As(err, &rejected) || rejected.Cause != connector.CauseFunds {
		t.Errorf("pay: %v, want rejected for funds", err)
	}
	d.SetBalance(1_000_00)
	if err := pay.Pay(t.Context(), s.Ref); err != nil {
		t.Errorf("pay with money: %v", err)
	}
	if b := d.Books()[0]; b.Payments != 1 || b.State != "UNSHIPPED" {
		t.Errorf("books: %+v", b)
	}
	if err := conn.(supplier.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.SetBalance(49_99)
	if err := conn.(supplier.Checker).Check(t.Context()); err != nil || d.log.String() == "" {
		t.Errorf("check at a low balance: %v, log %q", err, d.log.String())
	}
}

// Points and rate: 429 with different delays.
func TestLimits(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *emulator.Options) { o.Points = 25 })
	conn := d.open()
	_, err := conn.Offers(t.Context(), supplier.Ask{SKUs: []string{goods()[0].SKU, goods()[1].SKU}})
	if connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) < time.Minute {
		t.Errorf("no points left: %v, wait %s", err, connector.Wait(err))
	}
	d = newDesk(t, func(o *emulator.Options) { o.QPS = 2 })
	conn = d.open()
	_, err = conn.Offers(t.Context(), supplier.Ask{SKUs: []string{goods()[0].SKU, goods()[1].SKU}})
	if connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) > time.Minute {
		t.Errorf("too fast: %v, wait %s", err, connector.Wait(err))
	}
}
