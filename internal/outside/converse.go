package outside

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptrace"
	"time"

	"doorstep/connector"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/store"
)

const (
	// whenPaused is how long a job waits that cannot leave because its connector is paused,
	// refused or not well set up.
	whenPaused = time.Minute
	// longest is the longest pause between two calls that did not get through.
	longest = 10 * time.Minute
	// lastWords is how long storing a result may take when the program is being stopped.
	lastWords = 10 * time.Second
)

// conversation is what a job says to the other side, in three steps.
type conversation struct {
	plug *plug
	// intent runs first, in a transaction; false when there is nothing to do any more.
	intent func(ctx context.Context, tx *db.Tx) (bool, error)
	// call runs without one.
	call func(ctx context.Context) error
	// result runs in a transaction together with the job's end. True: the same job is to be
	// run again later, because nothing is decided yet.
	result func(ctx context.Context, tx *db.Tx, out flow.Outcome) (again bool, err error)
}

// converse works a job that speaks to one connector.
func (o *Outside) converse(ctx context.Context, j job.Job, c conversation) error {
	o.crash(j, "before-intent")
	if reason, pause := c.plug.mute(); reason != "" {
		return o.again(ctx, j, pause, reason)
	}
	if pause, err := o.knock(ctx, c.plug); err != nil {
		return o.again(ctx, j, pause, err.Error())
	}
	nothing := false
	err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		ready, err := c.intent(ctx, tx)
		nothing = !ready
		if err != nil || ready {
			return err
		}
		return job.Finish(ctx, tx, j)
	})
	if err != nil || nothing {
		return err
	}
	o.crash(j, "after-intent")
	failure := o.call(o.traced(ctx, j.Kind), c.plug, c.call)
	o.crash(j, "after-call")
	out := outcomeOf(failure)
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	err = o.db.Update(after, func(ctx context.Context, tx *db.Tx) error {
		again, err := c.result(ctx, tx, out)
		if err != nil {
			return err
		}
		return o.end(ctx, tx, j, c.plug, out, again, connector.Wait(failure))
	})
	o.crash(j, "after-result")
	return err
}

// knock finds out whether somebody is back who did not answer, where that can be asked without
// changing anything there: else the first order that leaves would find out, and perhaps lose its
// answer.
func (o *Outside) knock(ctx context.Context, p *plug) (pause time.Duration, err error) {
	if _, down := p.breaker.downSince(); !down {
		return 0, nil
	}
	if _, err = o.check(ctx, p); err == nil || answered(err) {
		return 0, nil
	}
	pause, _ = p.breaker.isOpen()
	return max(connector.Wait(err), spread(max(pause, time.Second))), err
}

// end ends a job by what came of its call.
func (o *Outside) end(ctx context.Context, tx *db.Tx, j job.Job, p *plug, out flow.Outcome, again bool, wait time.Duration) error {
	if out.Kind == flow.Unauthorised {
		if err := flow.ConnectorRefused(ctx, tx, j.Store, p.row.ConnectorID, out.Words); err != nil {
			return err
		}
		wait = max(wait, whenPaused)
	}
	if !again {
		return job.Finish(ctx, tx, j)
	}
	return job.Again(ctx, tx, j, tx.Now.Add(max(wait, o.backOff(j))), out.Words)
}

// undecided says whether a call that may be repeated is to be made again.
func undecided(out flow.Outcome) bool {
	return out.Kind == flow.NotSent || out.Kind == flow.Lost || out.Kind == flow.Unauthorised
}

// call makes one call to a connector. It is the only place from where any call leaves, and
// refuses to while a transaction is open.
func (o *Outside) call(ctx context.Context, p *plug, fn func(ctx context.Context) error) error {
	if db.InTx(ctx) {
		return &connector.NotSent{Err: errors.New("a call was about to leave while a transaction is open")}
	}
	return p.breaker.through(func() error {
		began := time.Now()
		ctx, span := o.o.Trace.Call(ctx, p.row.Kind, p.row.Name, p.row.Driver)
		err := fn(ctx)
		outcome := string(connector.OutcomeOf(err))
		span.End(outcome, err != nil)
		if o.o.Called != nil {
			o.o.Called(p.row.Kind, p.row.Name, outcome, time.Since(began))
		}
		return err
	})
}

// mute says why nothing may be said to a connector now, and for how long; empty when it may.
func (p *plug) mute() (reason string, pause time.Duration) {
	if p.row.State != store.Active {
		return fmt.Sprintf("%s connector %s is %s: %s", p.row.Kind, p.row.Name, p.row.State, p.row.Reason), whenPaused
	}
	if pause, open := p.breaker.isOpen(); open {
		return fmt.Sprintf("%s connector %s did not answer lately", p.row.Kind, p.row.Name), spread(pause)
	}
	return "", 0
}

// again gives a job back in a transaction of its own.
func (o *Outside) again(ctx context.Context, j job.Job, pause time.Duration, reason string) error {
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		return job.Again(ctx, tx, j, tx.Now.Add(pause), reason)
	})
}

// finish ends a job in a transaction of its own.
func (o *Outside) finish(ctx context.Context, j job.Job) error {
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return job.Finish(ctx, tx, j) })
}

// cannotOpen ends a job whose connector is gone or cannot be opened: gone, the job fails and
// a person sees it; not openable, it waits and the merchant is told why.
func (o *Outside) cannotOpen(ctx context.Context, j job.Job, c id.Connector, err error) error {
	if !errors.Is(err, errNotOpen) {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.ConnectorRefused(ctx, tx, j.Store, c, err.Error()); err != nil {
			return err
		}
		return job.Again(ctx, tx, j, tx.Now.Add(whenPaused), err.Error())
	})
}

// backOff is the pause after a call that did not get through: twice as long after each, with
// some chance in it. A job's fence is raised by two for each time that it was given back.
func (o *Outside) backOff(j job.Job) time.Duration {
	pause := longest
	if tried := j.Attempt / 2; tried < 12 {
		pause = min(o.o.SlowDown<<tried, longest)
	}
	return pause - rand.N(pause/4+1)
}

func (o *Outside) crash(j job.Job, point string) { o.o.Crash(j.Kind + "/" + point) }

// traced lets a crash laboratory know when a request is on its way; elsewhere it changes nothing.
func (o *Outside) traced(ctx context.Context, kind string) context.Context {
	if !o.lab {
		return ctx
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { o.o.Crash(kind + "/after-request") },
	})
}

// outcomeOf puts a connector's error into flow's words.
func outcomeOf(err error) flow.Outcome {
	out := flow.Outcome{Kind: string(connector.OutcomeOf(err))}
	if err == nil {
		return out
	}
	out.Words = err.Error()
	var rejected *connector.Rejected
	if errors.As(err, &rejected) {
		out.Code, out.Words, out.Cause, out.Raw = rejected.Code, rejected.Words, string(rejected.Cause), raw(rejected.Raw)
	}
	return out
}

// maxRaw is how much of an answer is kept.
const maxRaw = 64 << 10

// raw is an answer as it can be stored.
func raw(b []byte) string {
	if len(b) > maxRaw {
		b = b[:maxRaw]
	}
	return string(b)
}

// now is the present as it is stored.
func (o *Outside) now() clock.Time { return clock.Of(o.o.Clock()) }
