package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/internal/store"
)

func (a *API) attention(ctx context.Context, c *call, _ *nothing) (out report.Attention, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = report.NeedsAttention(ctx, tx, c.store)
		return err
	})
	return out, err
}

// Suppliers is the list of suppliers.
type Suppliers struct {
	Suppliers []Supplier `json:"suppliers"`
}

// Supplier is who ships.
type Supplier struct {
	ID           id.Supplier  `json:"id"`
	Name         string       `json:"name"`
	Connector    id.Connector `json:"connector,omitempty" doc:"Missing: only people talk to it"`
	Automatic    bool         `json:"automatic" doc:"Purchases are sent without a person"`
	Priority     int64        `json:"priority"`
	Reliability  int64        `json:"reliability" doc:"Of 10,000 orders, how many went well"`
	HandlingDays int64        `json:"handling_days"`
	ShipTo       []string     `json:"ship_to" doc:"Countries; empty: anywhere"`
}

func (a *API) adminSuppliers(ctx context.Context, c *call, _ *nothing) (out Suppliers, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Suppliers{[]Supplier{}}
		list, err := inventory.Suppliers(ctx, tx, c.store)
		for _, s := range list {
			out.Suppliers = append(out.Suppliers, Supplier{s.SupplierID, s.Name, s.ConnectorID, s.Automatic, s.Priority, s.Reliability, s.HandlingDays,
				strings.FieldsFunc(s.ShipTo, func(r rune) bool { return r == ',' || r == ' ' })})
		}
		return err
	})
	return out, err
}

// Connectors is the list of connectors.
type Connectors struct {
	Connectors []report.Connector `json:"connectors"`
}

func (a *API) adminConnectors(ctx context.Context, c *call, _ *nothing) (out Connectors, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out.Connectors, err = report.Connectors(ctx, tx, c.store)
		return err
	})
	return out, err
}

type aConnector struct {
	Kind string `path:"kind" enum:"supplier,payment,carrier,channel"`
	Name string `path:"name"`
}

// Tested is what came of asking the other side.
type Tested struct {
	Works bool   `json:"works"`
	Words string `json:"words,omitempty" doc:"What the other side said, or why it could not be asked"`
}

// testConnector asks the other side with no transaction open. That it does not work is an
// answer and no error of ours.
func (a *API) testConnector(ctx context.Context, c *call, in *aConnector) (out Tested, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := store.ConnectorCalled(ctx, tx, c.store, in.Kind, in.Name); err != nil {
			return problem(http.StatusNotFound, "not_found", "There is no %s connector %q.", in.Kind, in.Name)
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if err := a.outside.TestConnector(ctx, c.store, connector.Kind(in.Kind), in.Name); err != nil {
		a.log.WarnContext(ctx, "connector does not work", "request", c.id, "connector", in.Name, "error", err)
		return Tested{Words: testWords(err)}, nil
	}
	return Tested{Works: true}, nil
}

// Feeds is the list of offers that were not believed.
type Feeds struct {
	Feeds []report.Feed `json:"feeds"`
}

func (a *API) adminFeeds(ctx context.Context, c *call, _ *nothing) (out Feeds, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out.Feeds, err = report.ParkedFeeds(ctx, tx, c.store)
		return err
	})
	return out, err
}

type aFeed struct {
	Feed id.Feed `path:"feed"`
}

// Done says that a command was carried out.
type Done struct {
	Done bool `json:"done"`
}

func (a *API) believeFeed(ctx context.Context, c *call, in *aFeed) (Done, error) {
	return Done{true}, a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.BelieveFeed(ctx, tx, c.store, in.Feed, c.actor())
	})
}

func (a *API) refuseFeed(ctx context.Context, c *call, in *aFeed) (Done, error) {
	return Done{true}, a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.RefuseFeed(ctx, tx, c.store, in.Feed, c.actor())
	})
}

// Jobs is the list of work that was given up.
type Jobs struct {
	Jobs []report.Job `json:"jobs"`
}

func (a *API) adminJobs(ctx context.Context, c *call, _ *nothing) (out Jobs, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out.Jobs, err = report.ParkedJobs(ctx, tx, c.store)
		return err
	})
	return out, err
}

type aJob struct {
	Job id.Job `path:"job"`
}

func (a *API) retryJob(ctx context.Context, c *call, in *aJob) (Done, error) {
	return Done{true}, a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.RetryJob(ctx, tx, c.store, in.Job, c.actor())
	})
}

// testWords says for people why a connector does not work. The cause stands in the log.
func testWords(err error) string {
	switch connector.OutcomeOf(err) {
	case connector.WasRejected:
		rejected, _ := errors.AsType[*connector.Rejected](err)
		return strings.TrimSpace("It was refused: " + rejected.Code + " " + rejected.Words)
	case connector.WasNotLetIn:
		return "The other side does not let us in: please check the keys."
	case connector.WasNotSent:
		return "The other side cannot be reached, or is busy."
	case connector.Done, connector.WasLost, connector.WasNeverThere:
	}
	return "There was no usable answer: please check the settings; the log has the cause."
}
