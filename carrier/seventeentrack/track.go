package seventeentrack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"doorstep/carrier"
	"doorstep/carrier/number"
	"doorstep/connector"
)

// Track reads parcels. One that is not registered has ErrNotFound; one registered a
// moment ago, of which 17TRACK knows nothing yet, has no events and no error.
func (c *client) Track(ctx context.Context, parcels []carrier.Parcel) ([]carrier.Track, error) {
	asked := c.items(parcels)
	if len(asked) == 0 {
		return nil, nil
	}
	request := make([]item, 0, len(asked))
	for _, it := range asked {
		request = append(request, item{Number: it.Number})
	}
	env, err := c.post(ctx, "gettrackinfo", request)
	if err != nil {
		return nil, err
	}
	found, err := accepted(env.Data.Accepted)
	if err != nil {
		return nil, err
	}
	refused := map[string]vendorError{}
	for _, r := range env.Data.Rejected {
		refused[fold(r.Number)] = r.Error
	}
	tracks := make([]carrier.Track, 0, len(asked))
	for _, it := range asked {
		tracks = append(tracks, answerFor(it.Number, found, refused))
	}
	return tracks, nil
}

func answerFor(number string, found map[string]carrier.Track, refused map[string]vendorError) carrier.Track {
	if t, ok := found[fold(number)]; ok {
		t.Number = number
		return t
	}
	e, ok := refused[fold(number)]
	switch {
	case !ok:
		return carrier.Track{Number: number, Err: &connector.Uncertain{Err: errors.New("the answer is silent about it")}}
	case e.Code == codeNoInfoYet:
		return carrier.Track{Number: number}
	}
	return carrier.Track{Number: number, Err: failure(e, nil)}
}

// accepted are the tracks by number. A number followed at two carriers comes twice: its
// facts are joined.
func accepted(list []json.RawMessage) (map[string]carrier.Track, error) {
	found := map[string]carrier.Track{}
	for _, raw := range list {
		var p parcel
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, &connector.Uncertain{Err: fmt.Errorf("a track is not readable: %w", err)}
		}
		t := p.track(raw)
		if before, twice := found[fold(p.Number)]; twice {
			t = join(before, t)
		}
		found[fold(p.Number)] = t
	}
	return found, nil
}

func join(a, b carrier.Track) carrier.Track {
	a.Events = sorted(append(slices.Clone(a.Events), b.Events...))
	if a.NextNumber == "" {
		a.NextNumber, a.NextName = b.NextNumber, b.NextName
	}
	if a.Expected.IsZero() {
		a.Expected = b.Expected
	}
	a.Stopped = a.Stopped && b.Stopped
	return a
}

// track translates what 17TRACK says of one parcel.
func (p parcel) track(raw []byte) carrier.Track {
	t := carrier.Track{
		Number:   p.Number,
		Events:   p.Info.events(),
		Expected: p.Info.expected(),
		Stopped:  p.Status == "Stopped",
		Raw:      slices.Clone(raw),
	}
	if providers := p.Info.Tracking.Providers; len(providers) > 0 {
		named, _ := number.Best(p.Number, providers[0].Provider.Name)
		t.Carrier = named.Carrier
	}
	misc := p.Info.Misc
	if misc.LocalNumber != "" && fold(misc.LocalNumber) != fold(p.Number) {
		t.NextNumber, t.NextName = misc.LocalNumber, misc.LocalProvider
	}
	return t
}

// events are all providers' scans, oldest first, each fact once. The newest of them
// takes the parcel's own status where the scan itself says nothing; never otherwise,
// because the same scan read again later must be the same fact.
func (info trackInfo) events() []carrier.Event {
	var out []carrier.Event
	for _, p := range info.Tracking.Providers {
		for _, s := range p.Events {
			out = s.appendTo(out)
		}
	}
	if len(out) == 0 && info.LatestEvent != nil {
		out = info.LatestEvent.appendTo(out)
	}
	if len(out) == 0 {
		return nil
	}
	out = sorted(out)
	if newest := &out[len(out)-1]; newest.Kind == carrier.Unknown {
		newest.Kind = kindOf(info.LatestStatus.Sub, "", info.LatestStatus.Status)
	}
	return out
}

// sorted orders events by time, keeping the given order where times are equal, and
// drops repetitions.
func sorted(list []carrier.Event) []carrier.Event {
	slices.SortStableFunc(list, func(a, b carrier.Event) int { return a.At.Compare(b.At) })
	seen := map[carrier.Event]bool{}
	return slices.DeleteFunc(list, func(e carrier.Event) bool {
		before := seen[e]
		seen[e] = true
		return before
	})
}

// appendTo adds the scan; one without a readable time is no fact that can be placed.
func (s scan) appendTo(list []carrier.Event) []carrier.Event {
	at := s.at()
	if at.IsZero() {
		return list
	}
	return append(list, carrier.Event{
		At:       at,
		Kind:     kindOf(s.Sub, s.Stage, ""),
		Words:    s.Description,
		Location: s.place(),
		Country:  country(s.Address.Country),
		Point:    s.Address.Point.Point,
	})
}

// at prefers UTC, then the time with its offset, then the carrier's local time read as
// UTC, as the contract says.
func (s scan) at() time.Time {
	for _, text := range []string{s.UTC, s.ISO} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.UTC()
		}
	}
	if t, err := time.Parse(time.DateTime, s.Raw.Date+" "+s.Raw.Time); err == nil {
		return t
	}
	for _, text := range []string{s.ISO, s.Raw.Date} {
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

func (s scan) place() string {
	if s.Location != "" {
		return s.Location
	}
	if s.Address.City != "" && s.Address.State != "" {
		return s.Address.City + ", " + s.Address.State
	}
	return s.Address.City + s.Address.State
}

func (info trackInfo) expected() time.Time {
	for _, text := range []string{info.TimeMetrics.Estimate.To, info.TimeMetrics.Estimate.From} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.UTC()
		}
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

func country(code string) string {
	if len(code) != 2 {
		return ""
	}
	return strings.ToUpper(code)
}
