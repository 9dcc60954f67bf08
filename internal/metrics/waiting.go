package metrics

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"doorstep/internal/db"
	"doorstep/internal/job"
	"doorstep/internal/report"
)

// Waiting collects what waits in the database, when somebody asks: jobs, uncertain purchases,
// the age of feeds, and how much of the stock is reserved. All nodes of a database tell the
// same, so take the largest of them, not the sum.
type Waiting struct {
	db  *db.DB
	log *slog.Logger

	jobs, jobAge, parked, purchases, attention, feedAge, reserved, available, mails, up *prometheus.Desc

	mu   sync.Mutex
	at   time.Time
	last []prometheus.Metric
}

// often is how long figures are shown again before the database is asked anew.
const often = 5 * time.Second

// patience is how long the database may take over them.
const patience = 5 * time.Second

var _ prometheus.Collector = (*Waiting)(nil)

// NewWaiting looks into a database.
func NewWaiting(d *db.DB, log *slog.Logger) *Waiting {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("doorstep_"+name, help, labels, nil)
	}
	return &Waiting{db: d, log: log,
		jobs:      desc("jobs", "Jobs that are not done, by kind and what they wait for: due, waiting, leased or parked.", "kind", "state"),
		jobAge:    desc("job_oldest_due_seconds", "How long the oldest job of a kind has been due.", "kind"),
		parked:    desc("jobs_parked", "Jobs that were given up and wait for a person."),
		purchases: desc("purchases_uncertain", "Purchases of which nobody knows whether the supplier has them."),
		attention: desc("orders_need_person", "Orders that wait for a person."),
		feedAge:   desc("feed_age_seconds", "How long ago a supplier's stock was last heard.", "supplier"),
		reserved:  desc("stock_reserved_units", "Units that orders hold."),
		available: desc("stock_available_units", "Units that suppliers say they have."),
		mails:     desc("mails_in_trouble", "Mails that failed, or of which nobody knows whether they arrived."),
		up:        desc("database_up", "Whether the database answered when these figures were asked for."),
	}
}

// Describe names the figures.
func (w *Waiting) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{w.jobs, w.jobAge, w.parked, w.purchases, w.attention, w.feedAge, w.reserved, w.available, w.mails, w.up} {
		to <- d
	}
}

// Collect asks the database, but not more often than every few seconds.
func (w *Waiting) Collect(to chan<- prometheus.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.at) > often {
		w.last, w.at = w.read(), time.Now()
	}
	for _, m := range w.last {
		to <- m
	}
}

func (w *Waiting) read() []prometheus.Metric {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var depths []job.Depth
	var g report.Gauges
	err := w.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if depths, err = job.Depths(ctx, tx); err != nil {
			return err
		}
		g, err = report.ReadGauges(ctx, tx)
		return err
	})
	if err != nil {
		w.log.Error("no metrics of the database", "error", err)
		return []prometheus.Metric{gauge(w.up, 0)}
	}
	list := []prometheus.Metric{gauge(w.up, 1), gauge(w.purchases, g.Uncertain), gauge(w.attention, g.Attention), gauge(w.reserved, g.Reserved),
		gauge(w.available, g.Available), gauge(w.mails, g.Mails)}
	for _, f := range g.Feeds {
		list = append(list, gauge(w.feedAge, max(0, int64(f.Age/time.Second)), f.Supplier))
	}
	var parked int64
	for _, d := range depths {
		list = append(list, gauge(w.jobs, d.Due, d.Kind, "due"), gauge(w.jobs, d.Waiting, d.Kind, "waiting"), gauge(w.jobs, d.Leased, d.Kind, "leased"),
			gauge(w.jobs, d.Parked, d.Kind, "parked"), gauge(w.jobAge, int64(d.Oldest/time.Second), d.Kind))
		parked += d.Parked
	}
	return append(list, gauge(w.parked, parked))
}

func gauge(d *prometheus.Desc, n int64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
}
