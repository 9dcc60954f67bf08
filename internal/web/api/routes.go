package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"doorstep/internal/account"
	"doorstep/internal/web/upload"
)

// access is who may call a route: anybody, whoever has a cart's or an order's token, or
// whoever has a key with the role or a higher one.
type access string

// The kinds of caller.
const (
	anyone   access = "anyone"
	shopper  access = "cart"
	customer access = "order"
	reader          = access(account.Reader)
	support         = access(account.Support)
	manager         = access(account.Manager)
)

func (a access) staff() bool { return a != anyone && a != shopper && a != customer }

// route is a row of the table.
type route struct {
	method, path string
	access       access
	summary      string
	status       int   // of success
	needsKey     bool  // an Idempotency-Key
	most         int64 // bytes of a body; 0: maxBody
	add          func(huma.API, huma.Operation)
}

func (r route) pattern() string { return r.method + " " + Prefix + r.path }

// routes is the table of contents, and the only place that says who may do what.
func (a *API) routes() []route {
	return slices.Concat(a.mainRoutes(), a.moneyRoutes(), a.claimRoutes(), a.giveRoutes(), a.goodsRoutes())
}

func (a *API) mainRoutes() []route {
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	return []route{
		// Shopping.
		on(a, get, "/products", anyone, "List what is sold", a.listProducts),
		on(a, get, "/products/{handle}", anyone, "One product with its variants", a.getProduct),
		on(a, get, "/products/{handle}/reviews", anyone, "What customers think of a product, the newest first", a.productReviews),
		on(a, get, "/countries", anyone, "Countries by name", a.listCountries),
		on(a, get, "/countries/{code}", anyone, "How addresses of a country are written", a.getCountry),
		on(a, get, "/payment-methods", anyone, "Ways to pay", a.paymentMethods),
		on(a, post, "/carts", anyone, "Make a cart; its token is told once", a.createCart).made(),
		on(a, get, "/cart", shopper, "The cart", a.getCart),
		on(a, post, "/cart/lines", shopper, "Put units of a variant into the cart", a.addLine),
		on(a, put, "/cart/lines/{variant}", shopper, "Set how many units are wanted; 0 takes the line out", a.setLine),
		on(a, put, "/cart/contact", shopper, "Set who buys and where it goes", a.setContact),
		on(a, post, "/cart/shipping-options", shopper, "Ask for the ways to ship", a.quoteShipping),
		on(a, put, "/cart/shipping-option", shopper, "Choose a way to ship", a.chooseShipping),
		on(a, get, "/cart/totals", shopper, "What an order placed now would cost", a.cartTotals),
		on(a, post, "/cart/checkout", shopper, "Place the order and begin its payment; again with the same cart continues it", a.checkout).made().onceOnly(),
		on(a, get, "/orders/{id}", customer, "The order as its customer sees it", a.getOrder),
		on(a, post, "/orders/{id}/cancel", customer, "The customer asks for the order to be stopped; again changes nothing", a.requestCancel),

		// The merchant's orders.
		on(a, get, "/admin/orders", reader, "List orders, the newest first", a.adminOrders),
		on(a, get, "/admin/orders/{order}", reader, "One order with everything about it", a.adminOrder),
		on(a, post, "/admin/orders/{order}/confirm-payment", manager, "A person saw the money", a.confirmPayment).onceOnly(),
		on(a, post, "/admin/orders/{order}/pay-on-delivery", manager, "The money is promised at the door: go on without it", a.promisePayment).onceOnly(),
		on(a, post, "/admin/orders/{order}/cancel", support, "Ask for the order to be stopped", a.cancelOrder).onceOnly(),
		on(a, post, "/admin/orders/{order}/source", manager, "Look again for who can send what nobody could", a.sourceOrder).onceOnly(),
		on(a, post, "/admin/orders/{order}/refund", manager, "Give money back", a.refundOrder).onceOnly(),
		on(a, post, "/admin/orders/{order}/refunds/{refund}/retry", manager, "Give money back once more after a refund that failed", a.retryRefund).onceOnly(),
		on(a, post, "/admin/orders/{order}/address", support, "Correct where it goes", a.changeAddress).onceOnly(),

		// What we buy for them.
		on(a, post, "/admin/purchases/{purchase}/release", manager, "Send it now", a.releasePurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/hold", manager, "Keep it until a person releases it", a.holdPurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/reroute", manager, "Buy it elsewhere, before it is sent", a.reroutePurchase).onceOnly(),
		on(a, get, "/admin/purchases/{purchase}/ask", support, "What its supplier would be asked by mail, and where", a.getInquiry),
		on(a, post, "/admin/purchases/{purchase}/ask", support, "Ask its supplier now how it stands; the answer is in the order's timeline", a.askSupplier).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/ask-mail", support, "Ask its supplier by mail", a.mailSupplier).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/place-by-hand", manager, "It was ordered by hand", a.placePurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/resolve", manager, "Say whether the supplier has it, after the answer was lost", a.resolvePurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/accept", support, "The supplier will ship", a.acceptPurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/reject", support, "The supplier will not ship", a.rejectPurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/ship", support, "The supplier has sent a parcel", a.shipPurchase).onceOnly(),
		on(a, post, "/admin/purchases/{purchase}/cancel-answer", support, "What the supplier answered to the wish to cancel", a.answerCancel).onceOnly(),
		on(a, post, "/admin/shipments/{shipment}/event", support, "A person knows where a parcel is", a.parcelEvent).onceOnly(),

		// What waits for a person, and the rest of the desk.
		on(a, get, "/admin/attention", reader, "All that waits for a person", a.attention),
		on(a, get, "/admin/reviews", reader, "List reviews, the newest first", a.adminReviews),
		on(a, post, "/admin/reviews/{review}/publish", support, "Show a review to everybody", a.publishReview).onceOnly(),
		on(a, post, "/admin/reviews/{review}/refuse", support, "Keep a review from being shown", a.refuseReview).onceOnly(),
		on(a, post, "/admin/reviews/{review}/answer", support, "Answer beneath a review", a.answerReview).onceOnly(),
		on(a, get, "/admin/messages", reader, "List conversations with customers, those with the newest message first", a.adminMessages),
		on(a, get, "/admin/messages/{conversation}", reader, "One conversation with all that was said", a.adminConversation),
		on(a, post, "/admin/messages/{conversation}/answer", support, "Answer the customer: a mail leaves", a.answerConversation).onceOnly(),
		on(a, post, "/admin/messages/{conversation}/note", support, "Write something down for the staff alone", a.noteConversation).onceOnly(),
		on(a, get, "/admin/products", reader, "List products of any status", a.adminProducts),
		on(a, post, "/admin/products/{product}/images", manager, "Upload pictures of a product; they stand behind those that it has", a.uploadImages).made().onceOnly().upTo(upload.MostForm),
		on(a, get, "/admin/suppliers", reader, "List suppliers", a.adminSuppliers),
		on(a, get, "/admin/suppliers/{supplier}/scorecard", reader, "How reliable a supplier is, by facts", a.supplierScorecard),
		on(a, get, "/admin/connectors", reader, "List connectors, without their settings", a.adminConnectors),
		on(a, post, "/admin/connectors/{kind}/{name}/test", manager, "Ask the other side whether the settings work", a.testConnector),
		on(a, get, "/admin/feeds", reader, "List offers that were not believed", a.adminFeeds),
		on(a, post, "/admin/feeds/{feed}/believe", manager, "The offers are right: apply them", a.believeFeed).onceOnly(),
		on(a, post, "/admin/feeds/{feed}/refuse", manager, "The offers are wrong: forget them", a.refuseFeed).onceOnly(),
		on(a, get, "/admin/jobs", reader, "List work that was given up", a.adminJobs),
		on(a, post, "/admin/jobs/{job}/retry", manager, "Try given-up work again", a.retryJob).onceOnly(),
	}
}

// reply is what huma writes: the status of the row, and the body.
type reply[T any] struct{ Body T }

// on makes a row from a handler, whose errors become problems.
func on[I, T any](a *API, method, path string, who access, summary string, h func(context.Context, *call, *I) (T, error)) route {
	return route{method: method, path: path, access: who, summary: summary, status: http.StatusOK,
		add: func(api huma.API, op huma.Operation) {
			huma.Register(api, op, func(ctx context.Context, in *I) (*reply[T], error) {
				body, err := h(ctx, callOf(ctx), in)
				if err != nil {
					return nil, a.problemOf(ctx, err)
				}
				return &reply[T]{body}, nil
			})
		}}
}

// made says that success makes something new.
func (r route) made() route { r.status = http.StatusCreated; return r }

// onceOnly says that an Idempotency-Key is needed.
func (r route) onceOnly() route { r.needsKey = true; return r }

// upTo says that a body may have so many bytes.
func (r route) upTo(most int64) route { r.most = most; return r }

// limit is how many bytes a body may have.
func (r route) limit() int64 { return cmp.Or(r.most, maxBody) }

// register hands the row to huma, with what its description says about access and errors.
func (r route) register(api huma.API) {
	schema := &huma.Schema{Ref: "#/components/schemas/Problem"}
	api.OpenAPI().Components.Schemas.Schema(problemType(), true, "Problem")
	op := huma.Operation{
		OperationID: operationID(r), Method: r.method, Path: Prefix + r.path, Summary: r.summary, DefaultStatus: r.status,
		MaxBodyBytes: r.limit(), Tags: []string{tagOf(r)},
		Responses: map[string]*huma.Response{"default": {Description: "What is wrong",
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}},
	}
	switch {
	case r.access == shopper, r.access == customer:
		op.Security = []map[string][]string{{string(r.access): {}}}
	case r.access.staff():
		op.Security = []map[string][]string{{"key": {}}}
		op.Description = "Needs a key with the role " + string(r.access) + " or a higher one."
	}
	if r.method == http.MethodPost {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Required: r.needsKey,
			Description: "The same key with the same body counts once; its answer is kept for 48 hours.", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	r.add(api, op)
}

func tagOf(r route) string {
	if strings.HasPrefix(r.path, "/admin/") {
		return "merchant"
	}
	return "shop"
}

// operationID names a row for generated clients: "post-cart-checkout".
func operationID(r route) string {
	name := strings.NewReplacer("{", "", "}", "").Replace(strings.Trim(r.path, "/"))
	if strings.HasSuffix(r.path, "}") { // GET /products and GET /products/{handle}
		name = "one-" + name
	}
	return strings.ToLower(r.method) + "-" + strings.ReplaceAll(name, "/", "-")
}
