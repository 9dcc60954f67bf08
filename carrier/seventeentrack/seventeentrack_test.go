package seventeentrack

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"doorstep/carrier"
	"doorstep/carrier/carriertest"
	server "doorstep/carrier/seventeentrack/emulator"
	"doorstep/connector"
	"doorstep/connector/emulator"
)

const testKey = "4E3F-test-key"

func TestLaws(t *testing.T) {
	t.Parallel()
	carriertest.Run(t, func(world *emulator.World, hooks *emulator.Hooks) carriertest.Rig {
		s := server.New(server.Options{World: world, Hooks: hooks, Key: testKey})
		return carriertest.Rig{
			Handler: s.Handler(), Knobs: s.Knobs, Driver: Driver(),
			Values: func(base string) connector.Values {
				return connector.Values{"api_key": testKey, "base_url": base + "/track/v2.4", "qps": "1000"}
			},
			Tick: s.Tick, Subscribe: s.Subscribe, Secret: "api_key", Refused: "12 34",
			Numbers: []string{
				"RB123456785CN", "YT2400000000000001", "LP00675700340000", "1Z5R89390357567127", "9400111206206406260787",
			},
		}
	})
}

// account is an emulated account with a connector on it.
type account struct {
	*server.Server
	world *emulator.World
	clock *carriertest.Clock
	c     *client
}

func newAccount(t *testing.T, o server.Options, v connector.Values) account {
	t.Helper()
	a := account{clock: carriertest.NewClock()}
	a.world = emulator.NewWorld(a.clock.Now, emulator.Real())
	o.World, o.Key = a.world, testKey
	a.Server = server.New(o)
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	values := connector.Values{"api_key": testKey, "base_url": s.URL + "/track/v2.4/", "qps": "1000"}
	for key, value := range v {
		values[key] = value
	}
	checked, err := connector.Check(Driver().Settings, values)
	if err != nil {
		t.Fatal(err)
	}
	c, err := open(checked, connector.Env{HTTP: s.Client(), Now: a.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	a.c = c.(*client)
	return a
}

// The vector was computed from the documented formula, apart from this code.
func TestSignatureVector(t *testing.T) {
	t.Parallel()
	body := []byte(`{"hello":"world"}`)
	const sign = "39de11d96c1836bfef731a96e3da2754ca909dd776d3429cac0d376ca9f1f4c0"
	if !genuine(sign, body, "KEY") {
		t.Error("the vector is refused")
	}
	for _, bad := range []string{"", sign[:63], sign + "0", "0" + sign[1:]} {
		if genuine(bad, body, "KEY") {
			t.Errorf("%q is believed", bad)
		}
	}
	header := http.Header{}
	header.Set("sign", sign)
	c := &client{key: "KEY"}
	if _, key, err := c.Receive(header, body); !errors.Is(err, connector.ErrIgnored) || key == "" {
		t.Errorf("receive = %q, %v", key, err)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sub, stage, main string
		want             carrier.Kind
	}{
		{"NotFound_Other", "", "NotFound", carrier.Unknown},
		{"InfoReceived", "InfoReceived", "InfoReceived", carrier.LabelMade},
		{"InTransit_PickedUp", "PickedUp", "", carrier.InTransit},
		{"InTransit_CustomsRequiringInformation", "", "", carrier.InTransit},
		{"", "Departure", "", carrier.InTransit},
		{"OutForDelivery_Other", "", "", carrier.OutForDelivery},
		{"AvailableForPickup_Other", "", "", carrier.PickupReady},
		{"DeliveryFailure_InvalidAddress", "", "", carrier.AttemptFailed},
		{"Delivered_Other", "", "", carrier.Delivered},
		{"Exception_Delayed", "", "", carrier.Exception},
		{"Exception_Lost", "", "", carrier.Lost},
		{"Exception_Destroyed", "", "", carrier.Lost},
		{"Exception_Returning", "", "", carrier.Returning},
		{"Exception_Returned", "Returned", "", carrier.Returned},
		{"Exception_NewIn2027", "", "", carrier.Exception},
		{"Delivered_ByDrone", "", "Delivered", carrier.Delivered},
		{"Expired_Other", "", "Expired", carrier.Unknown},
		{"Whatever_Else", "Odd", "InTransit", carrier.InTransit},
		{"", "", "", carrier.Unknown},
	} {
		if got := kindOf(c.sub, c.stage, c.main); got != c.want {
			t.Errorf("%q %q %q = %s, want %s", c.sub, c.stage, c.main, got, c.want)
		}
	}
}

// TestTimes: UTC before the offset, before local time read as UTC.
func TestTimes(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 6, 27, 14, 15, 0, 0, time.UTC)
	for _, text := range []string{
		`{"time_utc":"2026-06-27T14:15:00Z","time_iso":"2026-06-27T23:00:00-03:00"}`,
		`{"time_utc":null,"time_iso":"2026-06-27T11:15:00-03:00"}`,
		`{"time_raw":{"date":"2026-06-27","time":"14:15:00","timezone":null}}`,
	} {
		var s scan
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		if got := s.at(); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s = %v", text, got)
		}
	}
	if got := (scan{ISO: "2026-06-27"}).at(); !got.Equal(time.Date(2026, 6, 27, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a date alone = %v", got)
	}
	if got := (scan{UTC: "soon"}).appendTo(nil); got != nil {
		t.Errorf("a scan without time = %v", got)
	}
}

// TestPlaces: coordinates are texts, numbers or nothing, and a scan whose place cannot be read is
// a scan all the same.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]carrier.Point{
		`{"longitude":"-34.877","latitude":"-8.0539"}`:  {Latitude: -8_053_900, Longitude: -34_877_000},
		`{"longitude":-46.633309,"latitude":-23.55052}`: {Latitude: -23_550_520, Longitude: -46_633_309},
		`{"longitude":" 179.9999999 ","latitude":"90"}`: {Latitude: 90_000_000, Longitude: 180_000_000},
		`{"longitude":null,"latitude":null}`:            {},
		`{"longitude":"0","latitude":"0.0"}`:            {},
		`{"longitude":"east-ish","latitude":"12.5"}`:    {},
		`{"longitude":"12","latitude":""}`:              {},
		`{"longitude":"NaN","latitude":"1"}`:            {},
		`{"longitude":"Inf","latitude":"1"}`:            {},
		`{"longitude":"200","latitude":"1"}`:            {},
		`{"longitude":"1","latitude":"-90.1"}`:          {},
		`{"longitude":[1],"latitude":{}}`:               {},
		`{}`:                                            {}, `null`: {}, `""`: {}, `[1,2]`: {}, `"1,2"`: {}, `7`: {},
	} {
		var s scan
		text := `{"time_utc":"2026-03-02T09:00:00Z","description":"x","sub_status":"Delivered_Other","address":{"city":"Recife","coordinates":` + given + `}}`
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Errorf("%s: %v", given, err)
			continue
		}
		if list := s.appendTo(nil); len(list) != 1 || list[0].Point != want || list[0].Location != "Recife" {
			t.Errorf("%s: %+v, want %v", given, list, want)
		}
	}
}

// TestTheEmulatorKnowsPlaces: of the carriers' own, and of larger cities; not of the label.
func TestTheEmulatorKnowsPlaces(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{}, nil)
	way := func(number, city string) []carrier.Event {
		a.world.Send(emulator.Parcel{Number: number, From: "CN", To: "GB", City: city, Label: a.clock.Now()})
		p := []carrier.Parcel{{Number: number}}
		if _, err := a.c.Register(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		a.clock.Advance(30 * 24 * time.Hour)
		tracks, err := a.c.Track(t.Context(), p)
		if err != nil || len(tracks) != 1 || len(tracks[0].Events) != 6 {
			t.Fatalf("%+v %v", tracks, err)
		}
		return tracks[0].Events
	}
	known, none := way("RB123456785CN", "Bristol"), carrier.Point{}
	for i, e := range known {
		if (e.Point == none) != (i == 0) {
			t.Errorf("scan %d, %s: %v", i, e.Words, e.Point)
		}
	}
	if door := (carrier.Point{Latitude: 51_454_500, Longitude: -2_587_900}); known[5].Point != door {
		t.Errorf("delivered at %v", known[5].Point)
	}
	if e := way("YT2400000000000001", "Little Snoring")[5]; e.Point != none {
		t.Errorf("Little Snoring is at %v", e.Point)
	}
}

func TestChainAndExpectation(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{}, nil)
	p := carrier.Parcel{Number: "LP00675700340000", Order: "1007"}
	a.world.Send(emulator.Parcel{Number: p.Number, From: "CN", To: "US", City: "Austin", Label: a.clock.Now()})
	a.Chain(p.Number, "9400111206206406260787", "USPS")
	if refused, err := a.c.Register(t.Context(), []carrier.Parcel{p}); err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	read := func() carrier.Track {
		tracks, err := a.c.Track(t.Context(), []carrier.Parcel{p})
		if err != nil || len(tracks) != 1 {
			t.Fatal(tracks, err)
		}
		return tracks[0]
	}
	if track := read(); track.NextNumber != "" || track.Carrier != "cainiao" {
		t.Errorf("before the hand-over: %q, carrier %q", track.NextNumber, track.Carrier)
	}
	a.clock.Advance(6 * 24 * time.Hour)
	track := read()
	if track.NextNumber != "9400111206206406260787" || track.NextName != "USPS" {
		t.Errorf("after the hand-over: %q %q", track.NextNumber, track.NextName)
	}
	pace := emulator.Real()
	want := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(pace.Scan + 2*pace.Move + pace.GoOut + pace.Deliver)
	if !track.Expected.Equal(want) {
		t.Errorf("expected %v, want %v", track.Expected, want)
	}
	if books := a.Books(); len(books) != 1 || books[0].Order != "1007" {
		t.Errorf("books = %+v", books)
	}
}

// TestRegisterHelps: what 17TRACK lacks is given in a second call, where we have it.
func TestRegisterHelps(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{}, nil)
	a.AskPostcode("YT2400000000000001")
	a.AskPostcode("YT2400000000000002")
	a.Undetect("1Z5R89390357567127")
	refused, err := a.c.Register(t.Context(), []carrier.Parcel{
		{Number: "YT2400000000000001", Postcode: "50667"},
		{Number: "YT2400000000000002"},
		{Number: "1Z5R89390357567127", Carrier: "ups"},
		{Number: "abcdefgh"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var numbers []string
	for n := range refused {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	if diff := cmp.Diff([]string{"YT2400000000000002", "abcdefgh"}, numbers); diff != "" {
		t.Errorf("refused: %s", diff)
	}
	var undetected *connector.Rejected
	if !errors.As(refused["abcdefgh"], &undetected) || undetected.Code != "-18019903" {
		t.Errorf("undetected = %v", refused["abcdefgh"])
	}
	for _, b := range a.Books() {
		if b.Number == "1Z5R89390357567127" && b.Carrier != 100002 {
			t.Errorf("UPS is registered as %d", b.Carrier)
		}
	}
}

func TestQuotaIsNotSent(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{Quota: 1}, nil)
	refused, err := a.c.Register(t.Context(), []carrier.Parcel{{Number: "RB123456785CN"}, {Number: "LP00675700340000"}})
	late := refused["LP00675700340000"]
	if err != nil || len(refused) != 1 || connector.OutcomeOf(late) != connector.WasNotSent || connector.Wait(late) == 0 {
		t.Fatalf("refused = %v, %v", refused, err)
	}
	if a.Credits() != 1 {
		t.Errorf("credits = %d", a.Credits())
	}
}

func TestOwnLimit(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{QPS: 3}, connector.Values{"qps": "1"})
	p := []carrier.Parcel{{Number: "RB123456785CN"}}
	if _, err := a.c.Track(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	a.c.limit.SetBurst(3)
	a.c.limit.ReserveN(time.Now(), 3)
	_, err := a.c.Track(t.Context(), p)
	if connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) <= time.Second {
		t.Errorf("over the limit: %v, wait %v", err, connector.Wait(err))
	}
}

func TestBatchAndStop(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{}, nil)
	var many []carrier.Parcel
	for i := range 41 {
		many = append(many, carrier.Parcel{Number: "YT24000000000000" + string(rune('0'+i/10)) + string(rune('0'+i%10))})
	}
	if _, err := a.c.Register(t.Context(), many); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("41 numbers: %v", err)
	}
	if refused, err := a.c.Register(t.Context(), many[:40]); err != nil || len(refused) > 0 {
		t.Errorf("40 numbers: %v %v", refused, err)
	}
	tracks, err := a.c.Track(t.Context(), many[:40])
	if err != nil || len(tracks) != 40 || tracks[0].Err != nil || len(tracks[0].Events) != 0 {
		t.Errorf("unknown parcels: %d, %v", len(tracks), err)
	}
}

func TestStoppedMessage(t *testing.T) {
	t.Parallel()
	a := newAccount(t, server.Options{Hooks: &emulator.Hooks{}}, nil)
	var got posted
	s := httptest.NewServer(&got)
	t.Cleanup(s.Close)
	a.Subscribe(s.URL)
	if _, err := a.c.Register(t.Context(), []carrier.Parcel{{Number: "RB123456785CN"}}); err != nil {
		t.Fatal(err)
	}
	a.clock.Advance(31 * 24 * time.Hour)
	got.await(t, &a)
	tracks, _, err := a.c.Receive(got.header, got.body)
	if err != nil || len(tracks) != 1 || !tracks[0].Stopped || tracks[0].Number != "RB123456785CN" {
		t.Errorf("tracks = %+v, %v", tracks, err)
	}
}
