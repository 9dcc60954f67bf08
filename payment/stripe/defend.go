package stripe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	api "github.com/stripe/stripe-go/v86"

	"doorstep/connector"
	"doorstep/payment"
)

var _ payment.Defender = (*client)(nil)

// Stripe takes evidence once (docs.stripe.com/disputes/api): the first submit=true goes to the
// bank, and there is no second. So our key stands in the dispute's metadata with the evidence, and
// every try first looks whether it is there.

const (
	// mostPapers is how large a file may be (docs.stripe.com/file-upload: dispute_evidence).
	mostPapers = 5 << 20
	// mostText is how much text all fields may hold together (docs.stripe.com/api/disputes/update).
	mostText    = 150_000
	metaDefence = "doorstep_defence"
)

// Defend uploads the papers, then submits the evidence with them.
func (c *client) Defend(ctx context.Context, ref, key string, e payment.Evidence) (payment.DisputeStatus, error) {
	status, submitted, err := c.FindDispute(ctx, ref, key)
	if err != nil || submitted {
		return status, unsent(err)
	}
	fields := evidence(e)
	if len(e.Papers) > 0 {
		name, err := c.upload(ctx, key, e.Papers)
		if err != nil {
			return payment.DisputeStatus{}, err
		}
		fields.UncategorizedFile = api.String(name)
	}
	p := &api.DisputeUpdateParams{Evidence: fields, Submit: api.Bool(true), Metadata: map[string]string{metaDefence: key}}
	p.SetIdempotencyKey(key + "-" + fingerprint(e, fields))
	got, err := c.api.V1Disputes.Update(ctx, ref, p)
	if err != nil {
		return payment.DisputeStatus{}, absent(c.explain(err))
	}
	return c.disputeStatus(got, c.now())
}

// upload hands a PDF in; a file that nothing refers to does no harm, so a lost answer is no more
// than a call that was not sent.
func (c *client) upload(ctx context.Context, key string, papers []byte) (string, error) {
	if len(papers) > mostPapers {
		return "", refuse("file_too_large", fmt.Sprintf("the papers are %d bytes, Stripe takes %d", len(papers), mostPapers))
	}
	p := &api.FileCreateParams{Purpose: api.String(string(api.FilePurposeDisputeEvidence)), FileReader: bytes.NewReader(papers), Filename: api.String(key + ".pdf")}
	got, err := c.api.V1Files.Create(ctx, p)
	if err != nil {
		return "", unsent(c.explain(err))
	}
	if got.ID == "" {
		return "", unsent(strange("file", "", "it has no name"))
	}
	return got.ID, nil
}

// evidence are the fields as Stripe calls them.
func evidence(e payment.Evidence) *api.DisputeUpdateEvidenceParams {
	return &api.DisputeUpdateEvidenceParams{
		ProductDescription: text(limit(e.Product)), CustomerName: text(limit(e.CustomerName)), CustomerEmailAddress: text(limit(e.CustomerEmail)),
		BillingAddress: text(limit(e.BillingAddress)), ShippingAddress: text(limit(e.Shipping)), ShippingDate: text(limit(e.ShippedOn)),
		ShippingCarrier: text(limit(e.Carrier)), ShippingTrackingNumber: text(limit(e.Tracking)), RefundPolicyDisclosure: text(limit(e.Policy)),
		RefundRefusalExplanation: text(limit(e.Refusal)), UncategorizedText: text(limit(e.Words)),
	}
}

// limit keeps a field from filling what all of them share.
func limit(s string) string {
	const most = mostText / 8
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// fingerprint makes the key another one where what is sent is another: Stripe refuses a key that comes
// with other parameters. The papers' new name alone is a reason.
func fingerprint(e payment.Evidence, p *api.DisputeUpdateEvidenceParams) string {
	name := ""
	if p.UncategorizedFile != nil {
		name = *p.UncategorizedFile
	}
	e.Papers = nil
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v %s", e, name))
	return hex.EncodeToString(sum[:6])
}

// FindDispute reads a dispute: evidence was submitted when our key is in its metadata and Stripe
// counts a submission, or when the bank has decided.
func (c *client) FindDispute(ctx context.Context, ref, key string) (payment.DisputeStatus, bool, error) {
	got, err := c.api.V1Disputes.Retrieve(ctx, ref, &api.DisputeRetrieveParams{})
	if err != nil {
		return payment.DisputeStatus{}, false, absent(c.explain(err))
	}
	if got.ID != ref {
		return payment.DisputeStatus{}, false, &connector.Uncertain{Err: fmt.Errorf("asked for dispute %s, Stripe answered with %s", short(ref), short(got.ID))}
	}
	status, err := c.disputeStatus(got, c.now())
	counted := got.EvidenceDetails != nil && got.EvidenceDetails.SubmissionCount > 0
	return status, counted && got.Metadata[metaDefence] == key, err
}
