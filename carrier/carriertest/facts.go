package carriertest

import (
	"slices"
	"time"

	"doorstep/carrier"
	"doorstep/connector/emulator"
)

const ages = 60 * 24 * time.Hour // longer than any way

func registerTwice(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	b.register(p)
	b.register(p, carrier.Parcel{Number: b.rig.Numbers[1], Country: "DE", Postcode: "50667"})
}

// life compares what is told, at every step, with what the world knows.
func life(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	told := 0
	for range 40 {
		b.clock.Advance(6 * time.Hour)
		scans, track := b.world.Scans(p.Number), b.one(p)
		if len(track.Events) != len(scans) {
			b.Fatalf("%s: %d scans, %d events", b.clock.Now(), len(scans), len(track.Events))
		}
		for i, e := range track.Events {
			if !e.At.Equal(scans[i].At) || e.Words != scans[i].Words || e.Country != scans[i].Country {
				b.Fatalf("event %d = %+v, scan %+v", i, e, scans[i])
			}
			if e.At.Location() != time.UTC {
				b.Fatalf("event %d is not in UTC: %v", i, e.At)
			}
		}
		if len(track.Events) < told {
			b.Fatalf("facts went away: %d, then %d", told, len(track.Events))
		}
		told = len(track.Events)
	}
	want := []carrier.Kind{
		carrier.LabelMade, carrier.InTransit, carrier.InTransit, carrier.InTransit, carrier.OutForDelivery, carrier.Delivered,
	}
	if got := kinds(b.one(p)); !slices.Equal(got, want) {
		b.Fatalf("kinds = %v, want %v", got, want)
	}
}

func sameAgain(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepReturned)
	known := map[carrier.Event]bool{}
	for range 40 {
		b.clock.Advance(8 * time.Hour)
		events := b.one(p).Events
		for _, e := range events {
			known[e] = true
		}
		if len(known) != len(events) {
			b.Fatalf("the same facts differ when read again: %d told, %d now", len(known), len(events))
		}
	}
}

func labelIsNoScan(b *bench) {
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	b.clock.Advance(time.Hour)
	if got := kinds(b.one(p)); !slices.Equal(got, []carrier.Kind{carrier.LabelMade}) {
		b.Fatalf("kinds with a label only = %v", got)
	}
}

func fates(b *bench) {
	lost := b.send(b.rig.Numbers[0], emulator.StepLost)
	back := b.send(b.rig.Numbers[1], emulator.StepReturned)
	b.clock.Advance(ages)
	if got := kinds(b.one(lost)); got[len(got)-1] != carrier.Lost {
		b.Errorf("lost parcel: %v", got)
	}
	got := kinds(b.one(back))
	want := []carrier.Kind{carrier.AttemptFailed, carrier.Returning, carrier.Returned}
	if len(got) < 3 || !slices.Equal(got[len(got)-3:], want) {
		b.Errorf("returned parcel: %v, want its end to be %v", got, want)
	}
}

func answeredOnce(b *bench) {
	all := b.rig.Numbers[:5]
	for _, number := range all {
		b.send(number, emulator.StepDelivered)
	}
	b.clock.Advance(ages)
	tracks := b.track(parcels(append(slices.Clone(all), all[0]))...)
	seen := map[string]int{}
	for _, t := range tracks {
		seen[t.Number]++
		if t.Err != nil || len(t.Events) == 0 {
			b.Errorf("%s: %v, %d events", t.Number, t.Err, len(t.Events))
		}
	}
	for _, number := range all {
		if seen[number] != 1 {
			b.Errorf("%s is answered %d times", number, seen[number])
		}
	}
	if b.c.Batch() < 1 {
		b.Errorf("batch = %d", b.c.Batch())
	}
}
