package stripe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	api "github.com/stripe/stripe-go/v86"

	"doorstep/connector"
	"doorstep/payment"
)

// generations is how many keys one request may use up: see the package comment.
const generations = 4

// Begin creates a Checkout Session or a PaymentIntent. The session lives for Stripe's
// default of 24 hours: an expires_at of our own would make every repeat another request.
func (c *client) Begin(ctx context.Context, r payment.Request) (payment.Status, error) {
	amount, currency, err := outgoing(r.Amount)
	if err != nil {
		return payment.Status{}, err
	}
	send := func(key string) (payment.Status, error) { return c.beginSession(ctx, r, key, amount, currency) }
	if c.mode == modeIntent {
		send = func(key string) (payment.Status, error) { return c.beginIntent(ctx, r, key, amount, currency) }
	}
	return repeat(r.Key, send, func() (payment.Status, error) { return c.Find(ctx, "", r.Key) })
}

func (c *client) beginSession(ctx context.Context, r payment.Request, key string, amount int64, currency string) (payment.Status, error) {
	metadata := map[string]string{metaKey: r.Key, metaOrder: r.Order}
	p := &api.CheckoutSessionCreateParams{
		Mode:              api.String("payment"),
		ClientReferenceID: text(r.Order),
		SuccessURL:        text(r.ReturnURL),
		CancelURL:         text(r.CancelURL),
		CustomerEmail:     text(r.Email),
		Locale:            api.String(locale(r.Locale)),
		Metadata:          metadata,
		LineItems: []*api.CheckoutSessionCreateLineItemParams{{
			Quantity: api.Int64(1),
			PriceData: &api.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: api.String(currency), UnitAmount: api.Int64(amount),
				ProductData: &api.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: api.String(c.itemText(r.Order))},
			},
		}},
		PaymentIntentData: &api.CheckoutSessionCreatePaymentIntentDataParams{
			CaptureMethod: api.String(captureMethod(r.Capture)), Description: api.String(c.itemText(r.Order)),
			Metadata: metadata, StatementDescriptorSuffix: text(c.statementSuffix(r.Order)),
		},
	}
	p.SetIdempotencyKey(key)
	session, err := c.api.V1CheckoutSessions.Create(ctx, p)
	if err != nil {
		return payment.Status{}, c.explain(err)
	}
	return c.sessionStatus(session, c.now())
}

func (c *client) beginIntent(ctx context.Context, r payment.Request, key string, amount int64, currency string) (payment.Status, error) {
	p := &api.PaymentIntentCreateParams{
		Amount: api.Int64(amount), Currency: api.String(currency),
		AutomaticPaymentMethods:   &api.PaymentIntentCreateAutomaticPaymentMethodsParams{Enabled: api.Bool(true)},
		CaptureMethod:             api.String(captureMethod(r.Capture)),
		Description:               api.String(c.itemText(r.Order)),
		Metadata:                  map[string]string{metaKey: r.Key, metaOrder: r.Order},
		StatementDescriptorSuffix: text(c.statementSuffix(r.Order)),
	}
	p.SetIdempotencyKey(key)
	intent, err := c.api.V1PaymentIntents.Create(ctx, p)
	if err != nil {
		return payment.Status{}, c.explain(err)
	}
	return c.intentStatus(intent, c.now())
}

// repeat sends a write under our key. When Stripe answers with a stored failure, look asks
// what came of it; only if that is certainly nothing, the next generation is sent.
func repeat[T any](key string, send func(key string) (T, error), look func() (T, error)) (T, error) {
	for n := 1; ; n++ {
		name := key
		if n > 1 {
			name = fmt.Sprintf("%s-%d", key, n)
		}
		got, err := send(name)
		if !replayed(err) || n == generations {
			return got, err
		}
		found, lookErr := look()
		if lookErr == nil {
			return found, nil
		}
		if !errors.Is(lookErr, connector.ErrNotFound) {
			return got, err
		}
	}
}

// text is a parameter that is left out when empty.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// captureMethod is "automatic" rather than Stripe's "automatic_async", because then the fee
// is known with the first answer.
func captureMethod(now bool) string {
	if now {
		return "automatic"
	}
	return "manual"
}

func (c *client) itemText(order string) string {
	return strings.ReplaceAll(c.item, "{order}", order)
}

// statementSuffix obeys Stripe's rules (no < > \ ' " *, printable ASCII, a letter in it) and
// stays short: with the account's own prefix of up to 10 characters and two between them
// at most 22 are allowed, and a longer one would refuse the payment.
func (c *client) statementSuffix(order string) string {
	letter := false
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`<>\'"*`, r) {
			return -1
		}
		letter = letter || unicode.IsLetter(r)
		return r
	}, strings.ReplaceAll(c.suffix, "{order}", order))
	clean = strings.TrimSpace(clean)
	if len(clean) > 10 {
		clean = clean[:10]
	}
	if !letter {
		return ""
	}
	return clean
}

// locale is the language of Stripe's page: one of its list, else "auto".
func locale(tag string) string {
	const known = " bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW "
	tag = strings.ReplaceAll(tag, "_", "-")
	language, _, _ := strings.Cut(tag, "-")
	if language == "no" || language == "nn" {
		language = "nb"
	}
	for _, try := range []string{tag, language} {
		if try != "" && !strings.Contains(try, " ") && strings.Contains(known, " "+try+" ") {
			return try
		}
	}
	return "auto"
}
