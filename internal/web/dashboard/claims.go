package dashboard

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// claimRoutes are what went wrong for customers, and what we demand of suppliers for it.
func (d *Dashboard) claimRoutes() []route {
	const get, post = "GET", "POST"
	const reader, support, manager = account.Reader, account.Support, account.Manager
	return []route{
		{get, "/claims", reader, false, d.claims},
		{get, "/claims/{claim}", reader, false, d.claim},
		{get, "/claims/{claim}/photos/{photo}", reader, false, d.claimPhoto},
		{post, "/claims/{claim}/approve", manager, false, d.approveClaim},
		{post, "/claims/{claim}/send", manager, false, d.sendClaim},
		{post, "/claims/{claim}/ask", support, false, d.askClaim},
		{post, "/claims/{claim}/decline", support, false, d.declineClaim},
		{post, "/claims/{claim}/receive", support, false, d.receiveClaim},
		{post, labelPath, support, false, d.setLabel},
		{post, "/claims/{claim}/receipt-pay", manager, false, d.payReceipt},
		{post, "/claims/{claim}/receipt-refuse", support, false, d.refuseReceipt},
		{post, "/claims/{claim}/inspect", manager, false, d.inspectClaim},
		{post, "/claims/{claim}/reopen", support, false, d.reopenClaim},
		{post, "/claims/{claim}/seen", support, false, d.noteClaim},
		{post, "/claims/{claim}/exchange-paid", manager, false, d.confirmExchange},
		{post, "/claims/{claim}/exchange-end", manager, false, d.endExchange},
		{get, "/orders/{order}/claims/new", support, false, d.newClaim},
		{post, "/orders/{order}/claims", support, false, d.openClaim},
		{get, "/suppliers/{supplier}/claims", reader, false, d.supplierClaims},
		{post, "/suppliers/{supplier}/claims", manager, false, d.setSupplierTerms},
	}
}

// claimList is a page of the list.
type claimList struct {
	listPage
	List []report.ClaimRow
}

// claimKind is the list of claims: those that are not over, where the address says nothing else.
func claimKind() listKind {
	kinds := pickOf("kind", "Kind")
	for _, k := range claim.Kinds() {
		kinds.Words = append(kinds.Words, string(k))
		kinds.Choice = append(kinds.Choice, ui.Choice{Value: string(k), Name: title(string(k))})
	}
	return listKind{Key: "claims", Path: "/claims", Search: ui.ListSearch{Name: "q", Placeholder: "Number of the claim or order", Label: "Number of the claim or of its order"},
		Fields: []listField{unshown("all", "yes"), pickOf("state", "State", "opened", "waiting", "returning", "inspecting", "settling", "failed", "settled", "declined", "withdrawn", "run-out", "over"), kinds},
		Sorts:  []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortDue, Name: "Their turn ends"}},
		Usual: []listView{{Name: "Open"}, {Name: "To decide", Query: "state=opened"}, {Name: "Waiting for customers", Query: "state=waiting"},
			{Name: "Coming back", Query: "state=returning"}, {Name: "To look at", Query: "state=inspecting"}, {Name: "All", Query: "all=yes"}}}
}

func (d *Dashboard) claims(v *visit) error {
	var p claimList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, claimKind()); err != nil {
			return err
		}
		f := report.ClaimFilter{State: p.Ask.get("state"), Kind: p.Ask.get("kind"), Text: p.Ask.search(), Sort: p.Ask.sort()}
		f.Live = p.Ask.get("all") == "" && f.Text == ""
		p.List, p.Next, err = report.Claims(ctx, tx, v.store, f, p.After, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Claims", At: "claims", Live: true}
	return d.show(v, at, claimsPage(v, at, p))
}

func claimURL(c id.Claim) string { return Prefix + "/claims/" + string(c) }

// claimDoc is a claim with all that helps to decide about it.
type claimDoc struct {
	flow.ClaimView
	Bundle []string         // the evidence that there is, for the supplier
	Again  flow.AgainChoice // who could send what the customer is still to get
}

func (d *Dashboard) claim(v *visit) error {
	var p claimDoc
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.ClaimView, err = flow.LookAtClaim(ctx, tx, v.store, v.claim()); err != nil {
			return err
		}
		if p.Again, err = flow.ChooseAgain(ctx, tx, p.ClaimView); err != nil {
			return err
		}
		doc, err := report.OrderDocument(ctx, tx, v.store, string(p.Order.OrderID))
		p.Bundle = bundle(p.ClaimView, doc)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Claim " + p.Claim.Number, At: "claims", Back: Prefix + "/claims"}
	return d.show(v, at, claimPage(v, at, p))
}

// bundle lists the evidence that there is.
func bundle(c flow.ClaimView, o report.Document) (list []string) {
	if n := len(c.Photos); n > 0 {
		list = append(list, counted(int64(n), "photo")+" of the customer")
	}
	for _, e := range c.Talk {
		if words := claimWords(e); words != "" && e.Actor == "customer" {
			list = append(list, "what the customer wrote")
			break
		}
	}
	for _, s := range o.Shipments {
		if len(s.Events) > 0 {
			list = append(list, fmt.Sprintf("%s of parcel %s, which is %s", counted(int64(len(s.Events)), "scan"), s.Number, title(s.State)))
		}
	}
	for _, p := range o.Purchases {
		if p.Ref != "" {
			list = append(list, "purchase "+p.Number+", the supplier's number "+p.Ref)
		}
	}
	return list
}

// claimWords are the words that somebody wrote in an event.
func claimWords(e event.Event) string {
	var d struct {
		Words string `json:"words"`
	}
	if e.Decode(&d) != nil {
		return ""
	}
	return d.Words
}

func (v *visit) claim() id.Claim { return id.Claim(v.path("claim")) }

func (d *Dashboard) claimPhoto(v *visit) error {
	var jpeg []byte
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		jpeg, err = claim.PhotoJPEG(ctx, tx, v.store, v.claim(), v.path("photo"))
		return err
	})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	_, _ = v.w.Write(jpeg) // the browser went away
	return nil
}

// onClaim runs a command on the claim of the address and leads back to its page.
func (d *Dashboard) onClaim(v *visit, done string, fn func(ctx context.Context, tx *db.Tx, c id.Claim) error) error {
	return d.do(v, claimURL(v.claim()), done, func(ctx context.Context, tx *db.Tx) error { return fn(ctx, tx, v.claim()) })
}

func (d *Dashboard) approveClaim(v *visit) error {
	return d.onClaim(v, "Approved; the customer is told.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		yes := flow.ClaimYes{Outcome: claim.Outcome(v.form("outcome")), Words: v.form("words"), ToCredit: v.form("to_credit") == "yes",
			Actor: v.actor()}
		yes.Supplier, yes.Elsewhere = chosenSender(v)
		if text := v.form("amount"); text != "" {
			view, err := flow.LookAtClaim(ctx, tx, v.store, c)
			if err != nil {
				return err
			}
			a, err := money.Parse(text, view.Order.Currency)
			if err != nil {
				return &flow.Refusal{Code: "amount", Field: "amount", Words: "Please write the amount as 12.90."}
			}
			yes.AmountMinor = a.Minor
		}
		return flow.ApproveClaim(ctx, tx, v.store, c, yes)
	})
}

func (d *Dashboard) askClaim(v *visit) error {
	return d.onClaim(v, "Asked; the customer gets a mail.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.AskClaim(ctx, tx, v.store, c, v.form("words"), v.actor())
	})
}

func (d *Dashboard) declineClaim(v *visit) error {
	return d.onClaim(v, "Declined; the customer gets your words.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.DeclineClaim(ctx, tx, v.store, c, v.form("words"), v.actor())
	})
}

func (d *Dashboard) receiveClaim(v *visit) error {
	return d.onClaim(v, "Noted. Look at the goods, then say what is accepted.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.ReceiveReturn(ctx, tx, v.store, c, v.actor())
	})
}

func (d *Dashboard) inspectClaim(v *visit) error {
	return d.onClaim(v, "Inspected; the customer is told.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.InspectReturn(ctx, tx, v.store, c, flow.Inspection{Accepted: unitsOf(v), Words: v.form("words"), Actor: v.actor()})
	})
}

// unitsOf are the quantities by line of a form.
func unitsOf(v *visit) map[int64]int64 {
	_ = v.form("key") // reads the form
	units := map[int64]int64{}
	for name, values := range v.r.PostForm {
		text, is := strings.CutPrefix(name, "line-")
		line, err := strconv.ParseInt(text, 10, 64)
		if n, bad := strconv.ParseInt(values[0], 10, 64); is && err == nil && bad == nil {
			units[line] = n
		}
	}
	return units
}

func (d *Dashboard) reopenClaim(v *visit) error {
	return d.onClaim(v, "It is open again.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.ReopenClaim(ctx, tx, v.store, c, v.actor())
	})
}

func (d *Dashboard) noteClaim(v *visit) error {
	return d.onClaim(v, "Noted.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.NoteTrouble(ctx, tx, v.store, c, v.form("words"), v.actor())
	})
}

// staffClaim is the form by which staff open a claim for a customer.
type staffClaim struct {
	Doc  orderDoc
	Free map[int64]int64
}

func (d *Dashboard) newClaim(v *visit) error {
	var p staffClaim
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Doc, err = readOrder(ctx, tx, v, v.path("order")); err != nil {
			return err
		}
		p.Free, _, err = flow.MayClaim(ctx, tx, v.store, p.Doc.ID)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "A claim about order #" + plainNumber(p.Doc.Number), At: "claims", Back: orderURL(p.Doc.ID)}
	return d.show(v, at, newClaimPage(v, at, p))
}

func (d *Dashboard) openClaim(v *visit) error {
	o := id.Order(v.path("order"))
	return d.do(v, orderURL(o), "The claim is open.", func(ctx context.Context, tx *db.Tx) error {
		variant, err := variantOf(ctx, tx, v, v.form("sku"))
		if err != nil {
			return err
		}
		_, err = flow.OpenClaim(ctx, tx, v.store, o, flow.ClaimSaid{Variant: variant, Kind: claim.Kind(v.form("kind")), Wish: claim.Outcome(v.form("wish")), Units: unitsOf(v),
			Words: v.form("words"), WishCredit: v.form("wish_credit") == "yes", Actor: v.actor()})
		return err
	})
}

// setSupplierTerms stores what a supplier makes good.
func (d *Dashboard) setSupplierTerms(v *visit) error {
	name := id.Supplier(v.path("supplier"))
	return d.do(v, Prefix+"/suppliers/"+string(name)+"/claims", "The terms are stored.", func(ctx context.Context, tx *db.Tx) error {
		days, err := strconv.ParseInt(v.form("days"), 10, 64)
		if err != nil {
			return &flow.Refusal{Code: "days", Field: "days", Words: "Please give the days as a number; 0 where the supplier makes nothing good."}
		}
		return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: v.store, SupplierID: name, ReturnTo: v.form("return_to"), Days: days,
			Evidence: strings.Join(v.r.PostForm["evidence"], ","), Accepts: strings.Join(v.r.PostForm["accepts"], ","), Email: v.form("email")}, v.actor())
	})
}

// supplierClaims shows what a supplier makes good.
func (d *Dashboard) supplierClaims(v *visit) error {
	var p supplierTermsView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, id.Supplier(v.path("supplier"))); err != nil {
			return err
		}
		p.Terms, err = claim.TermsOf(ctx, tx, v.store, p.Supplier.SupplierID)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Claims at " + p.Supplier.Name, At: "suppliers", Back: Prefix + "/suppliers/" + string(p.Supplier.SupplierID)}
	return d.show(v, at, supplierClaimsPage(v, at, p))
}
