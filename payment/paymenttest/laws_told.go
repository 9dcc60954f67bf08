package paymenttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/payment"
)

// told is what a set of messages says, whatever their order: for every payment and refund
// all that was said of it.
type told struct {
	payments map[string]map[payment.State]bool
	refunds  map[string]map[payment.RefundState]bool
	disputes map[string]map[payment.DisputeState]bool
	keys     map[string]bool
	ignored  int
}

// hear gives messages to the connector; only genuine ones may come here.
func (s *Stage) hear(t *testing.T, hooks []emulator.Hook) told {
	t.Helper()
	all := told{map[string]map[payment.State]bool{}, map[string]map[payment.RefundState]bool{}, map[string]map[payment.DisputeState]bool{}, map[string]bool{}, 0}
	for _, h := range hooks {
		m, err := s.Connector.(payment.Receiver).Receive(h.Header, h.Body)
		if errors.Is(err, connector.ErrIgnored) {
			all.ignored++
			continue
		}
		if err != nil {
			t.Fatalf("receive: %v\n%s", err, h.Body)
		}
		if m.Key == "" || len(m.Payments)+len(m.Refunds)+len(m.Disputes) == 0 {
			t.Fatalf("a message without a key or content: %q", m.Key)
		}
		all.keys[m.Key] = true
		for _, p := range m.Payments {
			note(all.payments, p.Key, p.State)
		}
		for _, r := range m.Refunds {
			note(all.refunds, r.Key, r.State)
		}
		for _, d := range m.Disputes {
			note(all.disputes, d.Ref, d.State)
		}
	}
	return all
}

func note[S comparable](said map[string]map[S]bool, key string, state S) {
	if said[key] == nil {
		said[key] = map[S]bool{}
	}
	said[key][state] = true
}

// play makes a provider tell of most things.
func (s *Stage) play(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	ref := s.paid(t, "p-1", eur(5000), false)
	if _, err := s.Connector.Capture(ctx, ref, "c-1", eur(5000)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connector.Refund(ctx, ref, "r-1", eur(1000)); err != nil {
		t.Fatal(err)
	}
	refused := s.begin(t, "p-2", eur(700), true)
	if err := s.Pay(refused.Ref, false); err != nil {
		t.Fatal(err)
	}
	disputed := s.paid(t, "p-3", eur(900), true)
	if s.Oppose != nil {
		if err := s.Oppose(disputed); err != nil {
			t.Fatal(err)
		}
	}
}

// receives says whether this provider sends webhooks at all.
func (s *Stage) receives() bool {
	_, ok := s.Connector.(payment.Receiver)
	return ok && s.Sent != nil
}

func webhooksTell(t *testing.T, _ Bench, s *Stage) {
	if !s.receives() {
		return
	}
	s.play(t)
	all := s.hear(t, s.Sent())
	if !all.payments["p-1"][payment.Authorised] || !all.payments["p-1"][payment.Captured] {
		t.Errorf("of an authorised and captured payment they told %v", all.payments["p-1"])
	}
	if all.payments["p-2"][payment.Captured] || all.payments["p-2"][payment.Authorised] {
		t.Errorf("of a refused payment they told %v", all.payments["p-2"])
	}
	if !all.payments["p-3"][payment.Captured] {
		t.Errorf("of a paid payment they told %v", all.payments["p-3"])
	}
	if len(all.refunds["r-1"]) == 0 {
		t.Error("they told nothing of the refund")
	}
	if s.Oppose != nil && len(all.disputes) == 0 {
		t.Error("they told nothing of the chargeback")
	}
}

func forged(t *testing.T, _ Bench, s *Stage) {
	if !s.receives() {
		return
	}
	s.play(t)
	receiver := s.Connector.(payment.Receiver)
	refused := func(what string, h emulator.Hook) {
		t.Helper()
		if _, err := receiver.Receive(h.Header, h.Body); !errors.Is(err, connector.ErrForged) {
			t.Errorf("%s: %v, want forged", what, err)
		}
	}
	for _, h := range s.Sent() {
		refused("signed with another secret", s.Forge(h))
		refused("no header", emulator.Hook{Header: nil, Body: h.Body})
		altered := bytes.Replace(bytes.Clone(h.Body), []byte("5000"), []byte("9000"), 1)
		if !bytes.Equal(altered, h.Body) {
			refused("altered amount", emulator.Hook{Header: h.Header, Body: altered})
		}
		refused("a space more", emulator.Hook{Header: h.Header, Body: append(bytes.Clone(h.Body), ' ')})
		refused("cut short", emulator.Hook{Header: h.Header, Body: h.Body[:len(h.Body)-1]})
	}
}

func tooOld(t *testing.T, _ Bench, s *Stage) {
	if !s.receives() || s.Age == nil {
		return
	}
	s.play(t)
	for _, h := range s.Sent() {
		old := s.Age(h)
		if _, err := s.Connector.(payment.Receiver).Receive(old.Header, old.Body); !errors.Is(err, connector.ErrForged) {
			t.Errorf("an old message: %v, want forged", err)
		}
	}
	s.hear(t, s.Sent()) // as they were, they hold
	s.Clock.Add(24 * time.Hour)
	h := s.Sent()[0]
	if _, err := s.Connector.(payment.Receiver).Receive(h.Header, h.Body); !errors.Is(err, connector.ErrForged) {
		t.Errorf("yesterday's message: %v, want forged", err)
	}
}

func anyOrder(t *testing.T, _ Bench, s *Stage) {
	if !s.receives() {
		return
	}
	s.play(t)
	hooks := s.Sent()
	want := s.hear(t, hooks)
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		mixed := slices.Concat(hooks, hooks)
		random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		got := s.hear(t, mixed)
		got.ignored = want.ignored
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("twice and in another order they told\n%v\ninstead of\n%v", got, want)
		}
	}
}

func garbage(t *testing.T, _ Bench, s *Stage) {
	if !s.receives() {
		return
	}
	s.play(t)
	receiver := s.Connector.(payment.Receiver)
	random := rand.New(rand.NewPCG(3, 4))
	for _, h := range s.Sent() {
		for range 20 {
			body := bytes.Clone(h.Body)
			for range 1 + random.IntN(8) {
				body[random.IntN(len(body))] = byte(random.IntN(256))
			}
			if _, err := receiver.Receive(h.Header, body); err == nil && !bytes.Equal(body, h.Body) {
				t.Fatal("a damaged message was believed")
			}
		}
	}
	for _, body := range []string{"", "{", "null", "[]", `{"id":1}`, strings.Repeat("[", 100000)} {
		if _, err := receiver.Receive(map[string][]string{}, []byte(body)); err == nil {
			t.Errorf("%.20q was believed", body)
		}
	}
}

func noSecrets(t *testing.T, b Bench, s *Stage) {
	ctx := context.Background()
	var texts []string
	say := func(err error) {
		if err != nil {
			texts = append(texts, err.Error(), fmt.Sprintf("%+v", err))
		}
		var r *connector.Rejected
		if errors.As(err, &r) {
			texts = append(texts, string(r.Raw), r.Words, r.Code)
		}
	}
	secrets := slices.Clone(s.Secrets)
	faults := append(append(after(), before()...), emulator.Busy)
	for i, fault := range faults {
		s.Knobs.Once(fault, b.Paths.Begin)
		_, err := s.Connector.Begin(ctx, Request(fmt.Sprintf("p-%d", i), eur(5000), true))
		say(err)
	}
	status := s.begin(t, "p-x", eur(5000), true)
	texts = append(texts, string(status.Raw))
	if status.Secret != "" {
		secrets = append(secrets, status.Secret)
	}
	_, err := s.Connector.Capture(ctx, status.Ref, "c-x", eur(9999))
	say(err)
	_, err = s.Connector.Refund(ctx, status.Ref, "r-x", eur(9999))
	say(err)
	if finder, ok := s.Connector.(payment.Finder); ok {
		got, err := finder.Find(ctx, status.Ref, "p-x")
		say(err)
		texts = append(texts, string(got.Raw))
	}
	if s.receives() {
		for _, h := range s.Sent() {
			m, err := s.Connector.(payment.Receiver).Receive(h.Header, h.Body)
			say(err)
			for _, p := range m.Payments {
				texts = append(texts, string(p.Raw), p.Secret)
			}
			f := s.Forge(h)
			_, err = s.Connector.(payment.Receiver).Receive(f.Header, f.Body)
			say(err)
		}
	}
	texts = append(texts, s.Log())
	for _, text := range texts {
		for _, secret := range secrets {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("a secret (%.8s…) is in %.200q", secret, text)
			}
		}
	}
}

func parallel(t *testing.T, _ Bench, s *Stage) {
	ctx := context.Background()
	const orders, nodes = 6, 4
	var group sync.WaitGroup
	for i := range orders {
		key := fmt.Sprintf("p-%d", i)
		for range nodes {
			group.Go(func() {
				_, err := s.Connector.Begin(ctx, Request(key, eur(5000), true))
				if got := connector.OutcomeOf(err); got != connector.Done && got != connector.WasNotSent {
					t.Errorf("begin %s: %v", key, err)
				}
			})
		}
	}
	group.Wait()
	refs := map[string]string{}
	for i := range orders {
		key := fmt.Sprintf("p-%d", i)
		refs[key] = s.paid(t, key, eur(5000), true)
	}
	for key, ref := range refs {
		for n := range nodes {
			group.Go(func() { // two keys, each from two nodes
				_, err := s.Connector.Refund(ctx, ref, fmt.Sprintf("r-%s-%d", key, n%2), eur(2000))
				if got := connector.OutcomeOf(err); got != connector.Done && got != connector.WasNotSent {
					t.Errorf("refund of %s: %v", key, err)
				}
			})
		}
	}
	group.Wait()
	for key, ref := range refs {
		for n := range 2 {
			if _, err := s.Connector.Refund(ctx, ref, fmt.Sprintf("r-%s-%d", key, n), eur(2000)); err != nil {
				t.Errorf("refund of %s once more: %v", key, err)
			}
		}
		if e := s.entry(t, key); e.Captured != 5000 || len(e.Refunds) != 2 || e.Refunded() != 4000 {
			t.Errorf("the books say %+v", e)
		}
	}
}
