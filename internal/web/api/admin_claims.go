package api

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/money"
)

// claimRoutes are the rows about customers' claims and exchanges.
func (a *API) claimRoutes() []route {
	const get, post = "GET", "POST"
	return []route{
		on(a, get, "/admin/claims", reader, "List customers' claims, the newest first", a.adminClaims),
		on(a, get, "/admin/claims/{claim}", reader, "A customer's claim, and what may be done about it", a.getClaim),
		on(a, post, "/admin/claims/{claim}/approve", manager, "Settle a claim: money, a replacement, a return, another article", a.approveClaim).onceOnly(),
		on(a, post, "/admin/claims/{claim}/send", manager, "Buy what a claim's customer is still to get, after its supplier refused or a carrier lost it", a.sendClaim).onceOnly(),
		on(a, post, "/admin/claims/{claim}/exchange", manager, "Say that an exchange's difference was paid by hand, or end the exchange", a.moveExchange).onceOnly(),
		on(a, post, "/admin/claims/{claim}/tracking", support, "Say by which number a claim's goods travel back; it is followed from then on", a.trackReturn).onceOnly(),
		on(a, post, "/admin/claims/{claim}/receive", support, "Say that a claim's goods have come back", a.receiveReturn).onceOnly(),
		on(a, post, "/admin/claims/{claim}/inspect", manager, "Say which of a claim's goods came back as they should; those are paid for", a.inspectReturn).onceOnly(),
	}
}

// ClaimPath names a customer's claim.
type ClaimPath struct {
	Claim id.Claim `path:"claim"`
}

// claimBody is a claim as programs see it.
type claimBody struct {
	ID       id.Claim      `json:"id"`
	Number   string        `json:"number"`
	Order    id.Order      `json:"order"`
	State    claim.State   `json:"state"`
	Kind     claim.Kind    `json:"kind"`
	Wish     claim.Outcome `json:"wish"`
	Variant  id.Variant    `json:"variant,omitempty" doc:"The article that the customer would like instead"`
	ToCredit bool          `json:"wish_credit" doc:"Money as store credit"`
	Outcome  claim.Outcome `json:"outcome,omitempty"`
	Amount   money.Amount  `json:"amount" doc:"What is given back"`
	Trouble  string        `json:"trouble,omitempty"`
	Refund   id.Refund     `json:"refund,omitempty"`
	Purchase id.Purchase   `json:"purchase,omitempty"`
	Exchange *exchangeBody `json:"exchange,omitempty"`
	Return   *returnBody   `json:"return,omitempty" doc:"The parcel in which the goods come back, once its number is known"`
	Choices  []choiceBody  `json:"choices,omitempty" doc:"While the claim is open: the cheapest first"`
	Senders  []senderBody  `json:"senders,omitempty" doc:"Who could send a replacement, or what of it did not come, with what the sourcing rule says of each offer"`
}

// returnBody is the parcel in which a claim's goods come back.
type returnBody struct {
	Number      string     `json:"number"`
	Carrier     string     `json:"carrier,omitempty" doc:"Its name"`
	State       string     `json:"state,omitempty" doc:"announced, in-transit, out-for-delivery, delivered, exception, lost, returning or returned; left out: it is not followed"`
	DeliveredAt clock.Time `json:"delivered_at" doc:"By the carrier's word; null: not yet"`
	ReceivedAt  clock.Time `json:"received_at" doc:"Since when the goods wait for an inspection, or did; null: they have not come"`
	Scans       []scanBody `json:"scans" doc:"Oldest first"`
}

// scanBody is what a carrier said of a parcel.
type scanBody struct {
	At       clock.Time `json:"at"`
	Kind     string     `json:"kind"`
	Words    string     `json:"words"`
	Location string     `json:"location,omitempty"`
	Country  string     `json:"country,omitempty"`
}

func returnOf(v flow.ClaimView) *returnBody {
	if v.Claim.ReturnNumber == "" {
		return nil
	}
	out := &returnBody{Number: v.Claim.ReturnNumber, Carrier: v.Back.CarrierName, State: string(v.Back.State), DeliveredAt: v.Back.DeliveredAt,
		ReceivedAt: v.Claim.ReceivedAt, Scans: []scanBody{}}
	for _, e := range v.Scans {
		out.Scans = append(out.Scans, scanBody{e.At, e.Kind, e.Words, e.Location, e.Country})
	}
	return out
}

// exchangeBody is another article in place of what was claimed.
type exchangeBody struct {
	ID         id.Exchange         `json:"id"`
	State      claim.ExchangeState `json:"state"`
	Variant    id.Variant          `json:"variant"`
	SKU        string              `json:"sku"`
	Name       string              `json:"name"`
	Quantity   int64               `json:"quantity"`
	Price      money.Amount        `json:"price" doc:"Of all units, with tax"`
	Worth      money.Amount        `json:"worth" doc:"What the claimed units stand for"`
	Difference money.Amount        `json:"difference" doc:"The customer pays it; below zero: gets it back"`
	Due        clock.Time          `json:"due"`
}

// senderBody is an offer for a replacement.
type senderBody struct {
	Supplier id.Supplier  `json:"supplier"`
	Name     string       `json:"name"`
	SKU      string       `json:"sku"`
	Article  string       `json:"article"`
	Free     int64        `json:"free" doc:"Units not promised to others"`
	Cost     money.Amount `json:"cost" doc:"Of one, in the supplier's currency"`
	Landed   money.Amount `json:"landed" doc:"Of one with its share of freight, in the order's currency"`
	Score    money.Amount `json:"score" doc:"What the rule compares: lower wins"`
	Days     int64        `json:"days" doc:"Handling and transit, at most"`
	AsOf     clock.Time   `json:"as_of"`
	Units    int64        `json:"units" doc:"That the rule would buy here"`
	Why      string       `json:"why"`
	Sent     bool         `json:"sent" doc:"This supplier sent what is claimed"`
}

func sendersOf(choice flow.AgainChoice) (list []senderBody) {
	for _, o := range choice.Offers {
		list = append(list, senderBody{Supplier: o.Supplier, Name: o.Name, SKU: o.SKU, Article: o.Title, Free: o.Free, Cost: o.Cost, Landed: o.Landed,
			Score: o.Score, Days: o.Days, AsOf: o.AsOf, Units: o.Units, Why: o.Why, Sent: o.Sent})
	}
	return list
}

// choiceBody is one way to settle a claim.
type choiceBody struct {
	Outcome claim.Outcome `json:"outcome"`
	Gives   money.Amount  `json:"gives" doc:"To the customer"`
	Pays    money.Amount  `json:"pays" doc:"The customer, for an exchange"`
	Cost    money.Amount  `json:"cost" doc:"To the merchant"`
	Back    bool          `json:"back" doc:"The goods come back first"`
	Reasons []string      `json:"reasons"`
	Barred  string        `json:"barred,omitempty" doc:"Why it is not possible"`
}

func claimOf(v flow.ClaimView) claimBody {
	c, in := v.Claim, func(minor int64) money.Amount { return money.New(minor, v.Order.Currency) }
	out := claimBody{ID: c.ClaimID, Number: c.Number, Order: c.OrderID, State: c.State, Kind: c.Kind, Wish: c.Wish, Variant: c.VariantID,
		ToCredit: c.WishCredit, Outcome: c.Outcome, Amount: in(c.AmountMinor), Trouble: c.Trouble, Refund: c.RefundID, Purchase: c.PurchaseID}
	if x := v.Exchange; x != nil {
		out.Exchange = &exchangeBody{ID: x.ExchangeID, State: x.State, Variant: x.VariantID, SKU: x.Sku, Name: x.Name(), Quantity: x.Quantity,
			Price: in(x.PriceMinor), Worth: in(x.WorthMinor), Difference: x.Difference(), Due: x.DueAt}
	}
	out.Return = returnOf(v)
	if c.State != claim.Opened {
		return out
	}
	for _, one := range v.Decision.Choices {
		out.Choices = append(out.Choices, choiceBody{Outcome: one.Outcome, Gives: in(one.Gives), Pays: in(one.Pays), Cost: in(one.Cost), Back: one.Back,
			Reasons: one.Reasons, Barred: one.Barred})
	}
	return out
}

func (a *API) getClaim(ctx context.Context, c *call, in *ClaimPath) (out claimBody, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = claimNow(ctx, tx, c.store, in.Claim)
		return err
	})
	return out, err
}

// claimNow is a claim with who could send what its customer is still to get.
func claimNow(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim) (out claimBody, err error) {
	v, err := flow.LookAtClaim(ctx, tx, s, name)
	if err != nil {
		return out, err
	}
	choice, err := flow.ChooseAgain(ctx, tx, v)
	out = claimOf(v)
	out.Senders = sendersOf(choice)
	return out, err
}

// onClaim runs a command on a claim and shows it then.
func (a *API) onClaim(ctx context.Context, c *call, name id.Claim, command func(ctx context.Context, tx *db.Tx) error) (out claimBody, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := command(ctx, tx); err != nil {
			return err
		}
		out, err = claimNow(ctx, tx, c.store, name)
		return err
	})
	return out, err
}

// ClaimApproval is what a claim is approved for.
type ClaimApproval struct {
	ClaimPath
	Body struct {
		Outcome  string       `json:"outcome" enum:"refund,keep,partial,replacement,return,exchange"`
		Amount   money.Amount `json:"amount,omitempty" required:"false" doc:"Of a partial refund, in the order's currency; left out: what is suggested"`
		ToCredit bool         `json:"to_credit,omitempty" doc:"Money as store credit; of an exchange the customer says"`
		Words    string       `json:"words,omitempty" maxLength:"4000" doc:"For the customer"`

		Supplier  id.Supplier `json:"supplier,omitempty" doc:"Who sends a replacement; left out: the sourcing rule chooses"`
		Elsewhere bool        `json:"elsewhere,omitempty" doc:"A replacement does not come from who sent what is claimed, whatever claim.elsewhere says"`
	}
}

// ClaimSender is who sends what a claim's customer is still to get.
type ClaimSender struct {
	ClaimPath
	Body struct {
		Supplier id.Supplier `json:"supplier,omitempty" doc:"Left out: the sourcing rule chooses, without whom failed it"`
	}
}

func (a *API) sendClaim(ctx context.Context, c *call, in *ClaimSender) (claimBody, error) {
	return a.onClaim(ctx, c, in.Claim, func(ctx context.Context, tx *db.Tx) error {
		return flow.SendClaimAgain(ctx, tx, c.store, in.Claim, in.Body.Supplier, c.actor())
	})
}

func (a *API) approveClaim(ctx context.Context, c *call, in *ClaimApproval) (claimBody, error) {
	return a.onClaim(ctx, c, in.Claim, func(ctx context.Context, tx *db.Tx) error {
		return flow.ApproveClaim(ctx, tx, c.store, in.Claim, flow.ClaimYes{Outcome: claim.Outcome(in.Body.Outcome), AmountMinor: in.Body.Amount.Minor,
			ToCredit: in.Body.ToCredit, Words: in.Body.Words, Actor: c.actor(), Supplier: in.Body.Supplier, Elsewhere: in.Body.Elsewhere})
	})
}

// ExchangeNews is what became of an exchange that waits for money.
type ExchangeNews struct {
	ClaimPath
	Body struct {
		Event string `json:"event" enum:"paid,end" doc:"paid: a person saw the money; end: the goods are paid for instead"`
	}
}

func (a *API) moveExchange(ctx context.Context, c *call, in *ExchangeNews) (claimBody, error) {
	return a.onClaim(ctx, c, in.Claim, func(ctx context.Context, tx *db.Tx) error {
		if in.Body.Event == "paid" {
			return flow.ConfirmExchange(ctx, tx, c.store, in.Claim, c.actor())
		}
		return flow.GiveUpExchange(ctx, tx, c.store, in.Claim, c.actor())
	})
}

// ReturnNumber is by which number goods travel back.
type ReturnNumber struct {
	ClaimPath
	Body struct {
		Number  string `json:"number" minLength:"1" maxLength:"60"`
		Carrier string `json:"carrier,omitempty" maxLength:"60" doc:"Its name, where it is known"`
	}
}

func (a *API) trackReturn(ctx context.Context, c *call, in *ReturnNumber) (claimBody, error) {
	return a.onClaim(ctx, c, in.Claim, func(ctx context.Context, tx *db.Tx) error {
		return flow.SendBack(ctx, tx, c.store, in.Claim, in.Body.Number, in.Body.Carrier, c.actor())
	})
}

func (a *API) receiveReturn(ctx context.Context, c *call, in *ClaimPath) (claimBody, error) {
	return a.onClaim(ctx, c, in.Claim, func(ctx context.Context, tx *db.Tx) error {
		return flow.ReceiveReturn(ctx, tx, c.store, in.Claim, c.actor())
	})
}

// ReturnSeen is what somebody saw who looked at goods that came back.
type ReturnSeen struct {
	ClaimPath
	Body struct {
		Accepted []struct {
			Line  int64 `json:"line" doc:"Of the order"`
			Units int64 `json:"units" minimum:"0"`
		} `json:"accepted" doc:"Lines that are left out: none of them; nothing at all declines the claim"`
		Words string `json:"words,omitempty" maxLength:"4000" doc:"For the customer; needed where not all is accepted"`
	}
}

func (a *API) inspectReturn(ctx context.Context, c *call, in *ReturnSeen) (claimBody, error) {
	accepted := map[int64]int64{}
	for _, l := range in.Body.Accepted {
		accepted[l.Line] += l.Units
	}
	return a.onClaim(ctx, c, in.Claim, func(ctx context.Context, tx *db.Tx) error {
		return flow.InspectReturn(ctx, tx, c.store, in.Claim, flow.Inspection{Accepted: accepted, Words: in.Body.Words, Actor: c.actor()})
	})
}
