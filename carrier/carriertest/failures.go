package carriertest

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/connector/emulator"
)

func ownRefusal(b *bench) {
	good := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	b.clock.Advance(ages)
	if _, must := b.c.(carrier.Registrar); must {
		tracks := b.track(good, carrier.Parcel{Number: b.rig.Numbers[1]})
		for _, t := range tracks {
			if stranger := t.Number != good.Number; stranger != errors.Is(t.Err, connector.ErrNotFound) {
				b.Errorf("%s: error %v", t.Number, t.Err)
			}
		}
		if len(tracks) != 2 {
			b.Errorf("%d tracks of 2", len(tracks))
		}
	}
	r, must := b.c.(carrier.Registrar)
	if b.rig.Refused == "" || !must {
		return
	}
	next := b.rig.Numbers[2]
	refused, err := r.Register(b.Context(), parcels([]string{next, b.rig.Refused}))
	if err != nil || len(refused) != 1 || connector.OutcomeOf(refused[b.rig.Refused]) != connector.WasRejected {
		b.Fatalf("registering a bad number = %v, %v", refused, err)
	}
	b.one(carrier.Parcel{Number: next})
}

func nothingAsked(b *bench) {
	tracks, err := b.c.Track(b.Context(), nil)
	if err != nil || len(tracks) != 0 {
		b.Errorf("track of nothing = %v, %v", tracks, err)
	}
	r, must := b.c.(carrier.Registrar)
	if !must {
		return
	}
	if refused, err := r.Register(b.Context(), nil); err != nil || len(refused) != 0 {
		b.Errorf("register of nothing = %v, %v", refused, err)
	}
}

// calls are all that the connector can be asked, by name.
func (b *bench) calls(c carrier.Connector, p carrier.Parcel) map[string]func(context.Context) error {
	out := map[string]func(context.Context) error{
		"track": func(ctx context.Context) error {
			_, err := c.Track(ctx, []carrier.Parcel{p})
			return err
		},
	}
	if r, must := c.(carrier.Registrar); must {
		out["register"] = func(ctx context.Context) error {
			_, err := r.Register(ctx, []carrier.Parcel{p})
			return err
		}
	}
	return out
}

func busy(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	for name, call := range b.calls(b.c, p) {
		b.rig.Knobs.Once(emulator.Busy, "")
		err := call(b.Context())
		if connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) < time.Second {
			b.Errorf("%s when busy: %v, wait %v", name, err, connector.Wait(err))
		}
	}
}

func broken(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	b.clock.Advance(ages)
	before := len(b.one(p).Events)
	for _, fault := range []emulator.Fault{
		emulator.FailBefore, emulator.FailAfter, emulator.DropBefore, emulator.DropAfter, emulator.Truncate,
	} {
		for name, call := range b.calls(b.c, p) {
			b.rig.Knobs.Once(fault, "")
			if err := call(b.Context()); connector.OutcomeOf(err) != connector.WasLost {
				b.Errorf("%s after %s: %v", name, fault, err)
			}
			if err := call(b.Context()); err != nil {
				b.Errorf("%s repeated after %s: %v", name, fault, err)
			}
		}
	}
	if after := len(b.one(p).Events); after != before {
		b.Errorf("%d events before the faults, %d after", before, after)
	}
}

func unreachable(b *bench) {
	c := b.open(b.rig.Values("http://127.0.0.1:1"))
	for name, call := range b.calls(c, carrier.Parcel{Number: b.rig.Numbers[0]}) {
		if err := call(b.Context()); connector.OutcomeOf(err) != connector.WasNotSent {
			b.Errorf("%s to nobody: %v", name, err)
		}
	}
}

func wrongKey(b *bench) {
	spoilt := maps.Clone(b.rig.Values(b.base))
	secret := "wrong-" + spoilt[b.rig.Secret]
	spoilt[b.rig.Secret] = secret
	for name, call := range b.calls(b.open(spoilt), carrier.Parcel{Number: b.rig.Numbers[0]}) {
		err := call(b.Context())
		if connector.OutcomeOf(err) != connector.WasNotLetIn {
			b.Errorf("%s with a wrong key: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			b.Errorf("%s shows the secret: %v", name, err)
		}
	}
}

func impatient(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	b.rig.Knobs.Delay(400 * time.Millisecond)
	for name, call := range b.calls(b.c, p) {
		b.rig.Knobs.Once(emulator.Slow, "")
		ctx, cancel := context.WithTimeout(b.Context(), 50*time.Millisecond)
		err := call(ctx)
		cancel()
		if connector.OutcomeOf(err) != connector.WasLost {
			b.Errorf("%s cut off while waiting: %v", name, err)
		}
	}
}

func together(b *bench) {
	var list []carrier.Parcel
	for _, number := range b.rig.Numbers[:5] {
		list = append(list, b.send(number, emulator.StepDelivered))
	}
	b.clock.Advance(ages)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			p := list[i%len(list)]
			tracks, err := b.c.Track(b.Context(), []carrier.Parcel{p})
			if connector.OutcomeOf(err) == connector.WasNotSent {
				return // its own limiter
			}
			if err != nil || len(tracks) != 1 || tracks[0].Number != p.Number {
				b.Errorf("%s: %v, %v", p.Number, tracks, err)
			}
		})
	}
	group.Wait()
}
