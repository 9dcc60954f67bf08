package carriertest

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/connector/emulator"
)

// receiver is the connector's receiving side, if both it and the emulator have one.
func (b *bench) receiver() (carrier.Receiver, bool) {
	r, can := b.c.(carrier.Receiver)
	return r, can && b.rig.Tick != nil && b.rig.Subscribe != nil
}

// message: what messages bring, joined, is what reading brings; no two messages of
// different facts share a key, and a repeated one keeps its own.
func message(b *bench) {
	r, can := b.receiver()
	if !can {
		return
	}
	p := b.send(b.rig.Numbers[0], emulator.StepDelivered)
	for range 40 {
		b.clock.Advance(6 * time.Hour)
		b.messages()
	}
	facts, keys := map[carrier.Event]bool{}, map[string]bool{}
	for _, m := range b.messages() {
		tracks, key, err := r.Receive(m.header, m.body)
		if err != nil || key == "" || len(tracks) != 1 || tracks[0].Number != p.Number {
			b.Fatalf("receive = %v, %q, %v", tracks, key, err)
		}
		_, again, err := r.Receive(m.header, m.body)
		if err != nil || again != key {
			b.Errorf("key of the same message = %q, then %q, %v", key, again, err)
		}
		if keys[key] {
			b.Errorf("two messages share the key %q", key)
		}
		keys[key] = true
		for _, e := range tracks[0].Events {
			facts[e] = true
		}
	}
	read := b.one(p).Events
	if len(facts) != len(read) || slices.ContainsFunc(read, func(e carrier.Event) bool { return !facts[e] }) {
		b.Errorf("messages brought %d facts, reading %d", len(facts), len(read))
	}
	if before := len(b.messages()); before != len(keys) {
		b.Errorf("%d messages, then %d without a new scan", len(keys), before)
	}
}

func forged(b *bench) {
	r, can := b.receiver()
	if !can {
		return
	}
	b.send(b.rig.Numbers[0], emulator.StepDelivered)
	b.clock.Advance(ages)
	list := b.messages()
	if len(list) == 0 {
		b.Fatal("no message came")
	}
	m := list[0]
	spoilt := bytes.Replace(m.body, []byte(b.rig.Numbers[0]), []byte(b.rig.Numbers[1]), 1)
	for name, try := range map[string]posted{
		"without headers": {http.Header{}, m.body},
		"another number":  {m.header, spoilt},
		"one byte more":   {m.header, append(bytes.Clone(m.body), ' ')},
		"empty":           {m.header, nil},
	} {
		if tracks, _, err := r.Receive(try.header, try.body); !errors.Is(err, connector.ErrForged) || tracks != nil {
			b.Errorf("%s: %v, %v", name, tracks, err)
		}
	}
}

func garbage(b *bench) {
	r, can := b.c.(carrier.Receiver)
	if !can {
		return
	}
	for _, body := range []string{"", "null", "[]", "{}", "\x00\xff", `{"event":`} {
		if _, _, err := r.Receive(http.Header{}, []byte(body)); err == nil {
			b.Errorf("%q is believed", body)
		}
	}
}
