package outside

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"doorstep/carrier"
	"doorstep/internal/db"
	"doorstep/internal/job"
	"doorstep/internal/seal"
	"doorstep/internal/trace"
	"doorstep/payment"
	"doorstep/supplier"
)

// Drivers are the connectors that this binary knows.
type Drivers struct {
	Suppliers []supplier.Driver
	Payments  []payment.Driver
	Carriers  []carrier.Driver
}

// Options of New. DB and Seal are needed.
type Options struct {
	DB      *db.DB
	Seal    *seal.Box
	Drivers Drivers
	Log     *slog.Logger     // slog.Default() when nil
	Clock   func() time.Time // the database's when nil

	// AllowPrivate lets connectors call private and loopback addresses: tests, the demo, and
	// merchants whose supplier stands in the same house.
	AllowPrivate bool
	// PublicURL is where people reach the program in stores that have no url setting.
	PublicURL string
	// Agent is the User-Agent of all calls; "Doorstep" when empty.
	Agent string
	// Transport replaces the guarded one in tests of failures; nil everywhere else.
	Transport http.RoundTripper

	// BreakAfter is how many failed calls in a row open a connector's breaker; 10 when 0.
	// BreakFor is how long it stays open, by the machine's clock; 15 seconds when 0.
	BreakAfter int
	BreakFor   time.Duration
	// QuoteBudget is how long a customer waits for freight quotes; 2.5 seconds when 0.
	QuoteBudget time.Duration
	// SlowDown is the first pause after a call that did not get through; 1 second when 0.
	SlowDown time.Duration
	// Called is told of every call that left: to which kind of connector and which one, what
	// came of it (a connector.Outcome) and how long it took. nil: nobody is.
	Called func(kind, name, outcome string, took time.Duration)
	// Trace tells a collector of calls and of what caused them; nil tells nobody.
	Trace *trace.Tracer
	// Crash is called with a name at every point where dying would hurt: "<job kind>/<point>",
	// with the points before-intent, after-intent, after-request (it has left, and no answer
	// came yet), after-call and after-result; jobs that only read have before-call instead of
	// the intent. Only a laboratory sets it. nil: nothing.
	Crash func(point string)
}

// Outside is the door. It is safe for parallel use.
type Outside struct {
	o      Options
	db     *db.DB
	box    *seal.Box
	log    *slog.Logger
	client *http.Client
	lab    bool // somebody wants to know of crash points

	mu       sync.Mutex
	open     map[string]*plug      // by connector id
	senders  map[string]mailSender // by store
	breakers map[string]*breaker   // by connector id
	served   string                // where the program listens; empty: it does not
}

// New prepares the door; nothing leaves before a job is worked or somebody asks.
func New(o Options) *Outside {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = o.DB.Now
	}
	if o.Agent == "" {
		o.Agent = "Doorstep"
	}
	if o.BreakAfter <= 0 {
		o.BreakAfter = 10
	}
	if o.BreakFor <= 0 {
		o.BreakFor = 15 * time.Second
	}
	if o.QuoteBudget <= 0 {
		o.QuoteBudget = 2500 * time.Millisecond
	}
	if o.SlowDown <= 0 {
		o.SlowDown = time.Second
	}
	lab := o.Crash != nil
	if !lab {
		o.Crash = func(string) {}
	}
	return &Outside{
		o: o, db: o.DB, box: o.Seal, log: o.Log, client: newClient(o), lab: lab,
		open: map[string]*plug{}, senders: map[string]mailSender{}, breakers: map[string]*breaker{},
	}
}

// Handlers are the jobs that leave the house, for job.Options.
func (o *Outside) Handlers() map[string]job.Handler {
	return map[string]job.Handler{
		"purchase.submit": o.submit,
		"purchase.find":   o.find,
		"purchase.cancel": o.cancel,
		"purchase.pay":    o.pay,
		"purchase.report": o.reportOne,

		"payment.capture": o.capture,
		"payment.void":    o.void,
		"refund.send":     o.sendRefund,
		"refund.find":     o.findRefund,

		"dispute.file":      o.fileDispute,
		"dispute.ask":       o.askDispute,
		"chargeback.answer": o.answerChargeback,
		"chargeback.find":   o.findAnswer,

		"tracking.register": o.register,
		"tracking.batch":    o.registerBatch,
		"tracking.page":     o.trackPage,
		"offers.page":       o.offersPage,
		"offers.some":       o.offersSome,
		"report.page":       o.reportPage,

		"order.expire":        o.expire,
		"mail.send":           o.sendMail,
		"mailbox.pull":        o.pullMailbox,
		"inbox.later":         o.hearLater,
		"connector.subscribe": o.subscribe,
		"bulk.chunk":          o.bulkChunk,

		"tick.offers":   o.tickOffers,
		"tick.reports":  o.tickReports,
		"tick.tracking": o.tickTracking,
		"tick.janitor":  o.tickJanitor,
		"tick.late":     o.tickLate,
		"tick.learn":    o.tickLearn,
		"tick.ends":     o.tickEnds,
		"tick.prices":   o.tickPrices,
		"tick.money":    o.tickMoney,
		"tick.feedback": o.tickFeedback,
		"tick.disputes": o.tickDisputes,
		"tick.messages": o.tickMessages,
		"money.page":    o.moneyPage,
	}
}

// Lanes is how many jobs of a lane a worker should run at once: enough to hide a supplier's
// slowness, few enough that one slow supplier, or mail server, does not take all workers.
func (o *Outside) Lanes(lane string) int {
	if lane == "" {
		return 0
	}
	return 8
}

// scheduleEvery is how often Run looks whether something new must come round.
const scheduleEvery = 15 * time.Second

// Run sees to it that periodic work comes round until ctx ends. The jobs themselves are
// worked by whoever runs a job.Worker with Handlers.
func (o *Outside) Run(ctx context.Context) error {
	tick := time.NewTicker(scheduleEvery)
	defer tick.Stop()
	for {
		if err := o.Schedule(ctx); err != nil && ctx.Err() == nil {
			o.log.Error("periodic work could not be scheduled", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
