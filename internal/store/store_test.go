package store_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/money"
)

// update runs fn in a transaction and fails the test on an error.
func update(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, d *db.DB) (s store.Store) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = store.Create(ctx, tx, "Mug & Moon", "EUR")
		return err
	})
	return s
}

// set stores a setting and gives what was refused.
func set(t *testing.T, d *db.DB, s id.Store, key, value string) error {
	t.Helper()
	return d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error { return store.Set(ctx, tx, s, key, value) })
}

func settings(t *testing.T, d *db.DB, s id.Store) (out store.Settings) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = store.LoadSettings(ctx, tx, s)
		return err
	})
	return out
}

func box(t *testing.T) *seal.Box {
	t.Helper()
	b, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestStoreIsMadeAndFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := store.First(ctx, tx); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("first of none: %v", err)
			}
			if _, err := store.LoadSettings(ctx, tx, "st_none"); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("settings of none: %v", err)
			}
			_, err := store.Create(ctx, tx, "x", "ABC")
			if err == nil || !strings.Contains(err.Error(), "ABC") {
				t.Errorf("currency: %v", err)
			}
			return nil
		})
		made := create(t, d)
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			first, err := store.First(ctx, tx)
			if err != nil || first != made {
				t.Errorf("first: %v %v", first, err)
			}
			for want := int64(1001); want < 1004; want++ {
				if n, err := store.Next(ctx, tx, made.StoreID, "orders", 1001); n != want || err != nil {
					t.Errorf("next: %d %v, not %d", n, err, want)
				}
			}
			return nil
		})
	})
}

func TestSettingsHaveDefaults(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := settings(t, d, create(t, d).StoreID)
		if s.Hold != 2*time.Minute || !s.CaptureNow || s.CaptureWhen != "accepted" || s.ShippingPrice.Rule != "freight" ||
			s.MarginMinPercent != 0 || !s.Automatic() || s.OrderExpire != 30*time.Minute || s.OrderExpireManual != 7*24*time.Hour ||
			!s.TaxIncluded || s.ReserveFor != time.Hour || s.FirstOrder != 1001 || s.Brand.Name != "Mug & Moon" ||
			s.Currency != "EUR" || s.TimeZone != "UTC" || s.Locale != "en" || s.ReportEvery != 10*time.Minute ||
			s.Feed != (store.Guard{DropPercent: 50, FlipPercent: 25, CostPercent: 100}) {
			t.Errorf("defaults: %+v", s)
		}
		if num, den := s.Tax("DE"); num != 0 || den <= 0 {
			t.Errorf("tax: %d/%d", num, den)
		}
	})
	for _, k := range store.AllKnown() {
		if k.Help == "" {
			t.Errorf("%s: not explained", k.Key)
		}
	}
}

func TestSettingsAreTypedAndExact(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id := create(t, d).StoreID
		for _, pair := range []string{
			"hold=45s", "payment.capture=authorise", "capture.when=shipped", "shipping.price=flat:4.90", "margin.min_percent=12.5",
			"forwarding=manual", "order.expire.manual=1d12h", "reserve.minutes=15", "tax.included=false", "tax.rate=20", "tax.rate.DE=19",
			"tax.rate.CH=8.1", "rate.USD.EUR=0.92", "rate.EUR.JPY=161.5", "brand.name=Mug", "brand.address=Road 1\\nTown", "brand.email=hi@mug.example",
			"brand.colour=#AABBCC", "url=https://mug.example/", "timezone=Europe/Berlin", "locale=de-AT", "offers.every=1s", "feed.flip_percent=30",
		} {
			key, value, _ := strings.Cut(pair, "=")
			if err := set(t, d, id, key, value); err != nil {
				t.Errorf("%s: %v", pair, err)
			}
		}
		s := settings(t, d, id)
		if s.Hold != 45*time.Second || s.CaptureNow || s.CaptureWhen != "shipped" || s.ShippingPrice != (store.ShippingPrice{Rule: "flat", FlatMinor: 490}) ||
			s.MarginMinPercent != 1250 || s.Automatic() || s.OrderExpireManual != 36*time.Hour || s.ReserveFor != 15*time.Minute || s.TaxIncluded ||
			s.Brand.Address != "Road 1\nTown" || s.MailFrom != "hi@mug.example" || s.Brand.Colour != "#aabbcc" || s.PublicURL != "https://mug.example" ||
			s.OffersEvery != time.Second || s.Feed.FlipPercent != 30 {
			t.Errorf("settings: %+v", s)
		}
		for country, want := range map[string][2]int64{"DE": {19, 100}, "de": {19, 100}, "CH": {81, 1000}, "FR": {1, 5}} {
			if num, den := s.Tax(country); num != want[0] || den != want[1] {
				t.Errorf("tax of %s: %d/%d", country, num, den)
			}
		}
		rates(t, s)
		if err := set(t, d, id, "hold", ""); err != nil || settings(t, d, id).Hold != 2*time.Minute {
			t.Errorf("back to the default: %v", err)
		}
	})
}

func rates(t *testing.T, s store.Settings) {
	t.Helper()
	for pair, want := range map[[2]money.Currency]int64{{"USD", "EUR"}: 920, {"EUR", "USD"}: 1087, {"EUR", "JPY"}: 1615, {"JPY", "EUR"}: 619, {"EUR", "EUR"}: 1000} {
		r, err := s.Rate(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.Convert(money.New(1000, pair[0]))
		if err != nil || a != money.New(want, pair[1]) {
			t.Errorf("%v: %v %v, not %d", pair, a, err, want)
		}
	}
	if _, err := s.Rate("CNY", "EUR"); err == nil || !strings.Contains(err.Error(), "set rate.CNY.EUR") {
		t.Errorf("missing rate: %v", err)
	}
}

func TestSettingsRefuseWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Path(t), clock.System())
	id := create(t, d).StoreID
	const blank = " " // is no part of a key
	for pair, words := range map[string]string{
		"hodl=2m": "did you mean hold?", "order.expires=5m": "did you mean order.expire?", "frobnication.level=1": "no such setting",
		"hold=soon": "no duration", "hold=-2m": "no duration", "payment.capture=later": "none of now, authorise", "shipping.price=flat:4.905": "no price in EUR",
		"shipping.price=cheap": "none of freight", "margin.min_percent=100": "leaves nothing", "margin.min_percent=1e3": "plain number",
		"tax.rate=101": "more than all", "tax.rate.Germany=19": "no country", "rate.USD=1": "rate.FROM.TO", "rate.USD.EUR=0": "more than 0",
		"rate.USD.XXY=1": "rate.FROM.TO", "reserve.minutes=0": "from 1 to", "url=shop.example": "no http(s)", "timezone=Mars": "no time zone",
		"brand.colour=green": "no colour", "brand.email=me": "no mail address", "offers.every=1ms": "too often",
		"mail.smtp_url=ftp://x": "of the form", blank + "url=https://shop.example": "no such setting", "rate.USD.EUR\t=2": "no such setting", "brand.name=a\nb": "one line", "order.expire=0s": "time to pay",
	} {
		key, value, _ := strings.Cut(pair, "=")
		if err := set(t, d, id, key, value); err == nil || !strings.Contains(err.Error(), words) || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", pair, err)
		}
	}
}

func TestPasswordInSettingIsSealed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id := create(t, d).StoreID
		const smtp = "smtp://u:geheim@mail.example:587"
		if err := set(t, d, id, "mail.smtp_url", smtp); !errors.Is(err, seal.ErrNoKey) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("without a key: %v", err)
		}
		if err := set(t, d, id, "mail.smtp_url", "smtp://127.0.0.1:1025?tls=none"); err != nil {
			t.Errorf("without a password: %v", err)
		}
		box(t).Attach(d)
		if err := set(t, d, id, "mail.smtp_url", smtp); err != nil {
			t.Fatal(err)
		}
		if got := settings(t, d, id).SMTP; got != smtp {
			t.Errorf("opened: %q", got)
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			rows, err := store.New(tx).ListSettings(ctx, id)
			if err != nil || len(rows) != 1 || strings.Contains(rows[0].Value, "geheim") {
				t.Errorf("at rest: %v %v", rows, err)
			}
			given, err := store.Given(ctx, tx, id)
			if err != nil || given["mail.smtp_url"] != "(secret)" {
				t.Errorf("shown: %v %v", given, err)
			}
			return nil
		})
	})
}

func TestConnectorsKeepSecrets(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, b := create(t, d).StoreID, box(t)
		plug := store.Plug{Kind: "supplier", Driver: "cj", Name: "east", Settings: map[string]string{"base_url": "http://x"}, Secrets: map[string]string{"api_key": "geheim"}}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			made, err := store.PutConnector(ctx, tx, b, s, plug)
			if err != nil {
				return err
			}
			if strings.Contains(made.Secrets+made.Settings, "geheim") {
				t.Error("the secret is readable at rest")
			}
			got, err := store.Plugged(b, made)
			if err != nil || got.Secrets["api_key"] != "geheim" || got.Settings["base_url"] != "http://x" {
				t.Errorf("plugged: %+v %v", got, err)
			}
			if changed, err := store.SetState(ctx, tx, s, made.ConnectorID, store.Refused, "who are you"); !changed || err != nil {
				t.Errorf("refused: %v %v", changed, err)
			}
			if changed, err := store.SetState(ctx, tx, s, made.ConnectorID, store.Refused, "again"); changed || err != nil {
				t.Errorf("refused twice: %v %v", changed, err)
			}
			again, err := store.PutConnector(ctx, tx, b, s, plug)
			if err != nil || again.ConnectorID != made.ConnectorID || again.State != store.Active || again.Reason != "" {
				t.Errorf("put again: %+v %v", again, err)
			}
			if _, err := store.ConnectorCalled(ctx, tx, s, "payment", "east"); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("of another kind: %v", err)
			}
			plug.Name = "Ost/1"
			_, err = store.PutConnector(ctx, tx, b, s, plug)
			if !errors.Is(err, store.ErrName) {
				t.Errorf("name: %v", err)
			}
			return nil
		})
	})
}

func TestVaultLetsTheQuickerWin(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, b := create(t, d).StoreID, box(t)
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			steps := []struct {
				value   string
				version int64
				want    bool
			}{{"a", 0, true}, {"b", 0, false}, {"c", 1, true}, {"d", 1, false}, {"e", 2, true}}
			for _, step := range steps {
				ok, err := store.Learn(ctx, tx, b, s, "cn_1", "token", step.value, step.version)
				if err != nil || ok != step.want {
					t.Errorf("%+v: %v %v", step, ok, err)
				}
			}
			value, version, err := store.Learned(ctx, tx, b, s, "cn_1", "token")
			if value != "e" || version != 3 || err != nil {
				t.Errorf("learned %q %d %v", value, version, err)
			}
			if value, version, err := store.Learned(ctx, tx, b, s, "cn_2", "token"); value != "" || version != 0 || err != nil {
				t.Errorf("of another: %q %d %v", value, version, err)
			}
			return nil
		})
	})
}

func TestMessageCountsOnceUntilForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := create(t, d).StoreID
		seen := func(key string) (fresh bool) {
			update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				fresh, err = store.Seen(ctx, tx, s, "cn_1", key, []byte("{\x00\xff}"))
				return err
			})
			return fresh
		}
		if !seen("a") || seen("a") || !seen("b") {
			t.Error("a message counts once")
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			n, err := store.Forget(ctx, tx, tx.Now.Add(time.Hour), tx.Now.Add(time.Hour))
			if n != 2 || err != nil {
				t.Errorf("forgot %d %v", n, err)
			}
			return nil
		})
		if !seen("a") {
			t.Error("forgotten, and not fresh")
		}
	})
}

func TestShippingChargeFollowsTheRule(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Path(t), clock.System())
	id := create(t, d).StoreID
	for _, step := range []struct {
		pair              string
		freight, subtotal int64
		currency          money.Currency
		want              int64
	}{
		{"shipping.price=freight", 731, 1000, "EUR", 731},
		{"rate.EUR.USD=1.1", 731, 1000, "USD", 731},
		{"shipping.price=flat:4.90", 731, 1000, "EUR", 490},
		{"shipping.price=flat:4.90", 731, 1000, "USD", 539},
		{"shipping.free_from=50", 731, 5000, "EUR", 0},
		{"shipping.free_from=50", 731, 5499, "USD", 539},
		{"shipping.price=free", 731, 1, "EUR", 0},
	} {
		key, value, _ := strings.Cut(step.pair, "=")
		if err := set(t, d, id, key, value); err != nil {
			t.Fatal(err)
		}
		got, err := settings(t, d, id).ShippingCharge(step.freight, step.subtotal, step.currency)
		if err != nil || got != step.want {
			t.Errorf("%+v: %d %v", step, got, err)
		}
	}
	if _, err := settings(t, d, id).ShippingCharge(1, 1, "GBP"); err == nil {
		t.Error("a currency without a rate passes")
	}
}
