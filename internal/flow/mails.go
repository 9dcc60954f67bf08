package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// The kinds of mail.
const (
	MailConfirmed     = "order-confirmed"
	MailHowToPay      = "payment-instructions"
	MailShipped       = "shipped"
	MailOut           = "out-for-delivery"
	MailDelivered     = "delivered"
	MailDelayed       = "delayed"
	MailChoice        = "choice" // some units cannot be sent: wait, something else, or the money?
	MailRefunded      = "refunded"
	MailCancelled     = "cancelled"
	MailClaimOpened   = "claim-opened"
	MailClaimAsked    = "claim-asked"
	MailClaimApproved = "claim-approved"
	MailClaimDeclined = "claim-declined"
	MailClaimWayBack  = "claim-way-back" // a label for it, or what came of the receipt
	MailClaimAppealed = "claim-appealed"
	MailClaimEnded    = "claim-withdrawn"
	MailClaimReturned = "claim-returned"
	MailClaimRunOut   = "claim-run-out"
	MailMessage       = "message"        // what the staff wrote
	MailContact       = "contact-answer" // the same to somebody whose order is not known
	MailInvited       = "staff-invited"
	MailReset         = "staff-reset"
	MailSecurity      = "staff-security"
	MailStopped       = "staff-connector" // a connector is not let in any more, or will not be
	MailStaffClaim    = "staff-claim"     // customers' claims that wait for a person
	MailInquiry       = "inquiry"         // a person asks a supplier how a purchase stands
)

// About names what a mail tells of, besides its order.
type About struct {
	Shipment  id.Shipment  `json:"shipment,omitempty"`
	Payment   id.Payment   `json:"payment,omitempty"`
	Refund    id.Refund    `json:"refund,omitempty"`
	Purchase  id.Purchase  `json:"purchase,omitempty"`
	Claim     id.Claim     `json:"claim,omitempty"`
	Message   id.Message   `json:"message,omitempty"`
	Words     string       `json:"words,omitempty"`     // that the staff wrote about the claim, or to a supplier
	Staff     id.Staff     `json:"staff,omitempty"`     // whom it is written to, where it is not a customer
	Link      string       `json:"link,omitempty"`      // by its name: the token follows when the mail is written
	What      string       `json:"what,omitempty"`      // what happened to the account: the kind of event; of an inquiry its subject
	Connector id.Connector `json:"connector,omitempty"` // that is not let in any more
	Ends      clock.Time   `json:"ends,omitempty"`      // when it will not be, where it still is
	Since     clock.Time   `json:"since,omitempty"`     // of claims: what customers said from then on
	Code      string       `json:"code,omitempty"`      // by its name: the digits follow when the mail is written
	Trial     *Trial       `json:"trial,omitempty"`
}

// Trial makes a mail one that a member of staff wanted to see.
type Trial struct {
	Order    id.Order `json:"order,omitempty"` // whose figures it shows; empty: made-up ones
	Language string   `json:"language"`        // in which it is written
}

// MailCall is all that a mail is written from. Mails to staff have no order.
type MailCall struct {
	Mail          Mail
	Trial         *Trial // nil: it goes to whom it is about
	Staff         *account.Staff
	Link          *account.StaffLink
	What          string
	Stopped       *Stopped              // of a mail about a connector
	Waiting       []claim.Claim         // of a mail to staff about claims
	Code          *account.CustomerCode // of a mail to sign in to the shop with
	Order         order.Order
	Lines         []order.OrderLine
	Shipment      *shipment.Shipment
	ShipmentLines []shipment.ShipmentLine // of that parcel
	Shipments     []shipment.Shipment     // all of the order
	Payment       *ledger.Payment
	RefundTo      string // the account that the refund leaves from: store credit, or a provider's money
	Refund        *ledger.Refund
	Purchase      *purchase.Purchase
	Claim         *claim.Claim
	ClaimUnits    []claim.ClaimUnit
	ClaimWords    string
	ClaimReturn   claim.ClaimReturn  // what is known of the way back
	Exchange      *claim.Exchange    // the claim's newest; nil: none
	Gift          *discount.Discount // the code that makes good for the order
	Talk          *Talk              // of a mail that is a person's own words
	Inquiry       [2]string          // of a mail to a supplier: its subject and its words
}

// tell queues a mail to the order's customer. The key makes the same news told once.
func tell(ctx context.Context, tx *db.Tx, e event.Event, kind, key string, about About) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	return queueMail(ctx, tx, Mail{StoreID: e.StoreID, MailKey: kind + "/" + key, OrderID: e.OrderID, Kind: kind, Recipient: o.Email}, about)
}

// queueMail stores a mail that is to be sent, unless its key is known, and the job that sends it.
func queueMail(ctx context.Context, tx *db.Tx, m Mail, about About) error {
	return queueMailAt(ctx, tx, m, about, 0)
}

// queueMailAt is the same for a mail that is not to leave before a moment; 0: at once.
func queueMailAt(ctx context.Context, tx *db.Tx, m Mail, about About, at clock.Time) error {
	if Erased(m.Recipient) {
		return nil
	}
	text, err := toJSON(about)
	if err != nil {
		return err
	}
	if m.MailID == "" {
		m.MailID = newMail(tx)
	}
	n, err := New(tx).InsertMail(ctx, InsertMailParams{StoreID: m.StoreID, MailID: m.MailID, MailKey: m.MailKey, OrderID: m.OrderID,
		Kind: m.Kind, Recipient: m.Recipient, Data: text, CreatedAt: tx.Now, IsTest: about.Trial != nil, HeaderKey: mailHeader(m.MailID)})
	if err != nil || n == 0 {
		return err
	}
	return sendMailAt(ctx, tx, m, at)
}

// newMail names a mail.
func newMail(tx *db.Tx) id.Mail { return id.Mail(id.Ordered("ma", tx.Now.Std(), tx.Next())) }

func sendMailSoon(ctx context.Context, tx *db.Tx, m Mail) error { return sendMailAt(ctx, tx, m, 0) }

func sendMailAt(ctx context.Context, tx *db.Tx, m Mail, at clock.Time) error {
	return job.Add(ctx, tx, job.New{Store: m.StoreID, Kind: "mail.send", Key: "mail/" + string(m.MailID), Lane: "mail", Payload: MailJob{m.MailID}, At: at})
}

func tellConfirmed(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailConfirmed, string(e.OrderID), About{})
}

// tellHowToPay sends the instructions of a payment that a person makes.
func tellHowToPay(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := ledger.GetPayment(ctx, tx, e.StoreID, id.Payment(e.Subject))
	if err != nil || !p.Manual || p.Words == "" {
		return err
	}
	return tell(ctx, tx, e, MailHowToPay, e.Subject, About{Payment: p.PaymentID})
}

func tellShipped(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailShipped, e.Subject, About{Shipment: id.Shipment(e.Subject)})
}

func tellOut(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailOut, e.Subject, About{Shipment: id.Shipment(e.Subject)})
}

func tellDelivered(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailDelivered, e.Subject, About{Shipment: id.Shipment(e.Subject)})
}

// tellDelayed tells of an order that will not keep what was promised.
func tellDelayed(ctx context.Context, tx *db.Tx, e event.Event) error {
	var late struct {
		To       clock.Time  `json:"to"`
		Purchase id.Purchase `json:"purchase"`
	}
	if err := e.Decode(&late); err != nil {
		return err
	}
	return tell(ctx, tx, e, MailDelayed, e.Subject+"/"+strconv.FormatInt(int64(late.To), 36), About{Purchase: late.Purchase})
}

func tellRefunded(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailRefunded, e.Subject, About{Refund: id.Refund(e.Subject)})
}

// tellCancelled tells of a cancelled order, unless nobody ever paid or promised to.
func tellCancelled(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.PaidAt == 0 {
		return err
	}
	return tell(ctx, tx, e, MailCancelled, string(e.OrderID), About{})
}

// MailToSend moves a mail to sending and gathers what it is written from; nil when it was
// sent. One that is found sending belongs to a dead worker: whether it left is not known,
// and it is not sent again by itself.
func MailToSend(ctx context.Context, tx *db.Tx, s id.Store, name id.Mail) (*MailCall, error) {
	m, err := New(tx).GetMail(ctx, GetMailParams{StoreID: s, MailID: name})
	if err != nil {
		return nil, fmt.Errorf("mail %s: %w", name, err)
	}
	switch m.State {
	case "sending":
		return nil, markMail(ctx, tx, m, "uncertain", "the sending was cut off on our side")
	case "queued":
	default:
		return nil, nil //nolint:nilnil // nothing to send is no error
	}
	if err := markMail(ctx, tx, m, "sending", ""); err != nil {
		return nil, err
	}
	return mailCall(ctx, tx, m)
}

func markMail(ctx context.Context, tx *db.Tx, m Mail, state, words string) error {
	return New(tx).SetMail(ctx, SetMailParams{StoreID: m.StoreID, MailID: m.MailID, State: state, Words: words, Subject: m.Subject,
		SentAt: m.SentAt, AskedAt: m.AskedAt})
}

func mailCall(ctx context.Context, tx *db.Tx, m Mail) (*MailCall, error) {
	var about About
	if err := json.Unmarshal([]byte(m.Data), &about); err != nil {
		return nil, fmt.Errorf("mail %s: %w", m.MailID, err)
	}
	if about.Staff != "" {
		return staffCall(ctx, tx, m, about)
	}
	if about.Code != "" {
		return codeCall(ctx, tx, m, about)
	}
	if about.Trial == nil {
		no, err := unwanted(ctx, tx, m)
		if err != nil {
			return nil, err
		}
		if no {
			return nil, markMail(ctx, tx, m, "failed", "the customer does not want such mails")
		}
	}
	return gatherMail(ctx, tx, m, about)
}

// gatherMail reads what a mail is written from.
func gatherMail(ctx context.Context, tx *db.Tx, m Mail, about About) (_ *MailCall, err error) {
	call := &MailCall{Mail: m, Trial: about.Trial}
	if m.Kind == MailInquiry {
		call.Inquiry = [2]string{about.What, about.Words}
		return call, nil
	}
	if about.Message != "" {
		if call.Talk, err = gatherTalk(ctx, tx, m.StoreID, about.Message); err != nil {
			return nil, err
		}
	}
	name := m.OrderID
	if about.Trial != nil {
		name = about.Trial.Order
	}
	if name == "" {
		return call, nil
	}
	if call.Order, err = order.Get(ctx, tx, m.StoreID, name); err != nil {
		return nil, err
	}
	if call.Lines, err = order.LinesOf(ctx, tx, m.StoreID, name); err != nil {
		return nil, err
	}
	if call.Shipments, err = shipment.OfOrder(ctx, tx, m.StoreID, name); err != nil {
		return nil, err
	}
	if m.Kind == MailGoodwill {
		gift, _, err := discount.OfOrder(ctx, tx, m.StoreID, name)
		if err != nil {
			return nil, err
		}
		call.Gift = &gift
	}
	return call, call.fill(ctx, tx, about)
}

// fill reads what the mail is about besides the order.
func (c *MailCall) fill(ctx context.Context, tx *db.Tx, about About) error {
	s := c.Mail.StoreID
	if about.Shipment != "" {
		found, err := shipment.Get(ctx, tx, s, about.Shipment)
		if err != nil {
			return err
		}
		all, err := shipment.AllLines(ctx, tx, s, c.Order.OrderID)
		if err != nil {
			return err
		}
		c.Shipment = &found
		if c.Exchange, err = exchangeIn(ctx, tx, found); err != nil {
			return err
		}
		for _, l := range all {
			if l.ShipmentID == found.ShipmentID {
				c.ShipmentLines = append(c.ShipmentLines, l)
			}
		}
	}
	if about.Payment != "" {
		found, err := ledger.GetPayment(ctx, tx, s, about.Payment)
		if err != nil {
			return err
		}
		c.Payment = &found
	}
	if about.Refund != "" {
		found, err := ledger.GetRefund(ctx, tx, s, about.Refund)
		if err != nil {
			return err
		}
		p, err := ledger.GetPayment(ctx, tx, s, found.PaymentID)
		if err != nil {
			return err
		}
		c.Refund, c.RefundTo = &found, found.BackTo(p)
	}
	if about.Claim != "" {
		found, err := claim.Get(ctx, tx, s, about.Claim)
		if err != nil {
			return err
		}
		if c.ClaimUnits, err = claim.Units(ctx, tx, s, about.Claim); err != nil {
			return err
		}
		if c.ClaimReturn, err = claim.ReturnOf(ctx, tx, found, c.Order.Currency); err != nil {
			return err
		}
		c.Claim, c.ClaimWords, c.What = &found, about.Words, about.What
		x, err := claim.ExchangeOf(ctx, tx, found)
		if err != nil && !claim.NoExchange(err) {
			return err
		}
		if err == nil {
			c.Exchange = &x
		}
	}
	if about.Purchase != "" {
		found, err := purchase.Get(ctx, tx, s, about.Purchase)
		if err != nil {
			return err
		}
		c.Purchase = &found
	}
	return nil
}

// EndMail records what came of sending. Again says that the mail is queued as before.
func EndMail(ctx context.Context, tx *db.Tx, s id.Store, name id.Mail, out Outcome, subject string) (again bool, err error) {
	m, err := New(tx).GetMail(ctx, GetMailParams{StoreID: s, MailID: name})
	if err != nil || m.State != "sending" {
		return false, err
	}
	m.Subject = orElse(subject, m.Subject)
	switch out.Kind {
	case Done:
		m.SentAt = tx.Now
		return false, markMail(ctx, tx, m, "sent", "")
	case NotSent, Unauthorised:
		return true, markMail(ctx, tx, m, "queued", out.Words)
	case RejectedCall:
		return false, markMail(ctx, tx, m, "failed", out.Code+" "+out.Words)
	}
	return false, markMail(ctx, tx, m, "uncertain", out.Words)
}
