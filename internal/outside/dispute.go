package outside

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/dossier"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/store"
	"doorstep/money"
	"doorstep/supplier"
)

// disputesEvery is how often suppliers are asked about demands that they have.
const disputesEvery = time.Hour

// fileDispute tells a supplier that an order went wrong: job dispute.file.
func (o *Outside) fileDispute(ctx context.Context, j job.Job) error {
	var payload flow.DisputeJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	var found claim.Dispute
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = claim.GetDispute(ctx, tx, j.Store, payload.Dispute)
		return err
	})
	if err != nil {
		return fmt.Errorf("dispute %s: %w", payload.Dispute, err)
	}
	if found.Way == claim.ByMail {
		return o.mailDispute(ctx, j, found)
	}
	plug, disputer, err := o.disputerOf(ctx, j, found)
	if err != nil || plug == nil {
		return err
	}
	var c *flow.DisputeCall
	var said *flow.DemandSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			c, err = flow.BeginFile(ctx, tx, j.Store, found.DisputeID)
			return c != nil, err
		},
		call: func(ctx context.Context) error {
			if disputer == nil {
				return &connector.Rejected{Code: "no-dispute", Words: plug.row.Name + " takes no demands by program: send a mail, or tell it yourself", Cause: connector.CauseOther}
			}
			verdict, err := disputer.File(ctx, o.demand(plug, c))
			said = demandIf(verdict, err, plug)
			return err
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return flow.EndFile(ctx, tx, j.Store, found.DisputeID, out, said)
		},
	})
}

// disputerOf is the open connector of a demand's purchase; a nil disputer where it takes none. A
// nil plug says that the job was ended or given back.
func (o *Outside) disputerOf(ctx context.Context, j job.Job, d claim.Dispute) (*plug, supplier.Disputer, error) {
	inner := j
	inner.Payload = fmt.Appendf(nil, `{"purchase":%q}`, d.PurchaseID)
	p, plug, err := o.aboutPurchase(ctx, inner)
	if err != nil {
		return nil, nil, o.cannotOpen(ctx, j, p.ConnectorID, err)
	}
	disputer, _ := plug.supplier.(supplier.Disputer)
	return plug, disputer, nil
}

// TakesDemands says whether a supplier can be told of demands by its connector.
func (o *Outside) TakesDemands(ctx context.Context, s id.Store, c id.Connector) bool {
	if c == "" {
		return false
	}
	plug, err := o.plugFor(ctx, s, c)
	if err != nil || plug.supplier == nil {
		return false
	}
	_, can := plug.supplier.(supplier.Disputer)
	return can
}

// demand puts a demand into the contract's words.
func (o *Outside) demand(p *plug, c *flow.DisputeCall) supplier.Demand {
	d := supplier.Demand{Key: keyOf(string(c.Dispute.DisputeID)), Ref: c.Dispute.Ref, Order: refOf(c.Purchase.Key, c.Purchase.Ref, c.Purchase.Parts),
		Wrong: wrongs[c.Kind], Amount: c.Amount, Tried: c.Dispute.TriedAt.Std()}
	if c.Dispute.ClaimID == "" {
		d.Wrong = supplier.Overcharged
	}
	for _, l := range c.Lines {
		d.Lines = append(d.Lines, supplier.Line{ID: lineID(l.LineID), SKU: l.SupplierSku, Title: l.Title, Quantity: l.Left(),
			UnitCost: money.New(l.UnitCostMinor, c.Purchase.Currency)})
	}
	d.Words = demandWords(c)
	for _, photo := range c.Photos {
		d.Photos = append(d.Photos, o.photoURL(p.set, c.Dispute, photo))
	}
	return d
}

// wrongs are our kinds of claim in the contract's words.
var wrongs = map[claim.Kind]supplier.Wrong{claim.Late: supplier.CameLate, claim.NotArrived: supplier.NotArrived, claim.Damaged: supplier.Damaged,
	claim.WrongItem: supplier.WrongItem, claim.MissingPart: supplier.MissingPart, claim.NotAsDescribed: supplier.NotAsDescribed, claim.NoLongerWanted: supplier.SentBack}

// demandWords says in a few sentences what went wrong.
func demandWords(c *flow.DisputeCall) string {
	var goods []string
	for _, l := range c.Lines {
		goods = append(goods, fmt.Sprintf("%d x %s (%s)", l.Left(), l.SupplierSku, l.Title))
	}
	what := "The bill is higher than was agreed."
	if c.Kind != "" {
		what = "The customer says: " + strings.ReplaceAll(string(c.Kind), "-", " ") + "."
	}
	return strings.TrimSpace(fmt.Sprintf("Our purchase order %s: %s. %s Please credit %s. %s", c.Purchase.Number, strings.Join(goods, ", "), what, c.Amount, c.Words))
}

func demandIf(v supplier.Verdict, err error, p *plug) *flow.DemandSaid {
	if err != nil {
		return nil
	}
	return &flow.DemandSaid{Ref: v.Ref, State: string(v.State), AmountMinor: v.Amount.Minor, Currency: v.Amount.Currency, Words: v.Words, Actor: p.actor()}
}

// askDispute asks a supplier about a demand: whether it arrived, after a lost answer, or how it
// stands: job dispute.ask.
func (o *Outside) askDispute(ctx context.Context, j job.Job) error {
	var payload flow.DisputeJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	var found claim.Dispute
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = claim.GetDispute(ctx, tx, j.Store, payload.Dispute)
		return err
	})
	if err != nil {
		return fmt.Errorf("dispute %s: %w", payload.Dispute, err)
	}
	plug, disputer, err := o.disputerOf(ctx, j, found)
	if err != nil || plug == nil {
		return err
	}
	if disputer == nil {
		return o.finish(ctx, j)
	}
	sure := found.UpdatedAt
	if f, ok := plug.supplier.(supplier.Finder); ok {
		sure = clock.Of(found.UpdatedAt.Std().Add(f.Settles()))
	}
	var c *flow.DisputeCall
	var said *flow.DemandSaid
	return o.converse(ctx, j, conversation{
		plug: plug,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			c, err = flow.BeginAskDispute(ctx, tx, j.Store, found.DisputeID)
			return c != nil, err
		},
		call: func(ctx context.Context) error {
			verdict, err := disputer.Filed(ctx, o.demand(plug, c))
			said = demandIf(verdict, err, plug)
			return o.settled(err, sure)
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			return flow.EndAskDispute(ctx, tx, j.Store, found.DisputeID, out, said)
		},
	})
}

// mailDispute mails a demand with its evidence to the supplier. A mail cannot be looked up, so one
// whose answer was lost is left to a person.
func (o *Outside) mailDispute(ctx context.Context, j job.Job, found claim.Dispute) error {
	set, err := o.settings(ctx, j.Store)
	if err != nil {
		return err
	}
	sender, err := o.senderOf(set)
	if err != nil {
		return o.again(ctx, j, whenPaused, err.Error())
	}
	server := &plug{row: store.Connector{Kind: mailLane, Name: "server", State: store.Active}, breaker: o.breakerOf(id.Connector("mail/" + j.Store))}
	var c *flow.DisputeCall
	var papers dossier.Dossier
	return o.converse(ctx, j, conversation{
		plug: server,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			if c, err = flow.BeginFile(ctx, tx, j.Store, found.DisputeID); err != nil || c == nil {
				return false, err
			}
			papers, err = flow.DisputePapers(ctx, tx, j.Store, found.DisputeID)
			return true, err
		},
		call: func(ctx context.Context) error {
			pdf, err := papers.PDF()
			if err != nil {
				return &connector.Rejected{Code: "papers", Words: err.Error(), Cause: connector.CauseOther}
			}
			files := []connector.File{{Name: "evidence.pdf", Type: "application/pdf", Data: pdf}}
			for _, p := range papers.Pictures() {
				files = append(files, connector.File{Name: p.Name, Type: "image/jpeg", Data: p.JPEG})
			}
			return sender.Send(ctx, connector.Mail{MessageID: sender.MessageID("dispute/" + string(found.DisputeID)), To: c.Email, ReplyTo: set.Brand.Email,
				Subject: papers.Title, Text: papers.Lead + "\n\nThe evidence is attached. Please answer this mail.\n\n" + set.Brand.Name, Files: files})
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			var said *flow.DemandSaid
			if out.Kind == flow.Done {
				said = &flow.DemandSaid{State: "open", Actor: flow.System}
			}
			return flow.EndFile(ctx, tx, j.Store, found.DisputeID, out, said)
		},
	})
}

// tickDisputes begins a round of asking suppliers about demands.
func (o *Outside) tickDisputes(ctx context.Context, j job.Job) error {
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, _ tickJob) (time.Duration, error) {
		return disputesEvery, flow.AskDisputes(ctx, tx, j.Store)
	})
}

// evidencePath is where suppliers see a customer's photos, by links of ours.
const evidencePath = "/evidence/"

// photoURL is where a supplier sees a photo: the link opens this one photo and nothing else.
func (o *Outside) photoURL(set store.Settings, d claim.Dispute, photo string) string {
	return o.baseOf(set) + evidencePath + string(d.StoreID) + "/" + string(d.DisputeID) + "/" + photo + "/" + o.photoToken(d.StoreID, d.DisputeID, photo) + ".jpg"
}

func (o *Outside) photoToken(s id.Store, d id.Dispute, photo string) string {
	return o.box.Sign("evidence", string(s), string(d), photo)
}

// Evidence shows suppliers the photos of a demand, under "/evidence/".
func (o *Outside) Evidence() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+evidencePath+"{store}/{dispute}/{photo}/{token}", func(w http.ResponseWriter, r *http.Request) {
		s, d, photo := id.Store(r.PathValue("store")), id.Dispute(r.PathValue("dispute")), r.PathValue("photo")
		token, _ := strings.CutSuffix(r.PathValue("token"), ".jpg")
		if !o.box.Verify(token, "evidence", string(s), string(d), photo) {
			http.NotFound(w, r)
			return
		}
		var jpeg []byte
		err := o.db.View(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			found, err := claim.GetDispute(ctx, tx, s, d)
			if err != nil {
				return err
			}
			jpeg, err = claim.PhotoJPEG(ctx, tx, s, found.ClaimID, photo)
			return err
		})
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "image/jpeg")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Cache-Control", "private, max-age=3600")
		_, _ = w.Write(jpeg) // whoever looked may be gone
	})
	return mux
}
