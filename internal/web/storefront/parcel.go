package storefront

import (
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/internal/web/ui/atlas"
)

// parcel is one parcel and its way.
type parcel struct {
	report.Shipment
	Title   string
	State   string
	Tone    ui.Tone
	When    string
	Lines   []string
	Moments []ui.Moment
	Stops   []ui.Stop // those scans of which somebody says where on the map they were, oldest first
}

// parcels says each parcel's way, the newest news first.
func (v *visit) parcels(o report.Order) []parcel {
	var list []parcel
	for i, sh := range o.Shipments {
		p := parcel{Shipment: sh, Title: v.say("parcel")}
		if len(o.Shipments) > 1 {
			p.Title = v.say("parcel_of", "index", itoa(int64(i+1)), "of", itoa(int64(len(o.Shipments))))
		}
		p.State, p.Tone = v.parcelWords(sh.State)
		switch {
		case !sh.DeliveredAt.IsZero():
			p.When = v.say("delivered_on", "day", v.date(sh.DeliveredAt))
		case !sh.ExpectedAt.IsZero():
			p.When = v.say("expected", "window", v.date(sh.ExpectedAt))
		}
		for _, l := range sh.Lines {
			at := slices.IndexFunc(o.Lines, func(x report.Line) bool { return x.Line == l.OrderLine })
			swapped := slices.IndexFunc(o.Exchanges, func(x report.Exchange) bool { return x.Came(sh.Purchase) })
			switch {
			case swapped >= 0:
				x := o.Exchanges[swapped]
				p.Lines = append(p.Lines, fmt.Sprintf("%d × %s", l.Quantity, claim.Named(x.Title, x.Named)))
			case at >= 0:
				p.Lines = append(p.Lines, fmt.Sprintf("%d × %s", l.Quantity, strings.TrimSpace(o.Lines[at].Title+" "+o.Lines[at].VariantTitle)))
			}
		}
		p.Moments, p.Stops = v.scans(sh), v.stops(sh)
		list = append(list, p)
	}
	return list
}

// parcelWords are where a parcel is.
func (v *visit) parcelWords(state string) (string, ui.Tone) {
	switch state {
	case "announced":
		return v.say("parcel_announced"), ui.Note
	case "in-transit":
		return v.say("step_shipped"), ui.Note
	case "out-for-delivery":
		return v.say("parcel_out"), ui.Good
	case "delivered":
		return v.say("step_delivered"), ui.Good
	case "exception":
		return v.say("parcel_exception"), ui.Warn
	case "lost":
		return v.say("parcel_lost"), ui.Bad
	case "returning":
		return v.say("parcel_returning"), ui.Warn
	case "returned":
		return v.say("parcel_returned"), ui.Warn
	}
	return state, ui.Plain
}

// scanTitles are what tracking events mean, by their kind.
var scanTitles = map[string]string{
	"label-made": k("scan_label"), "in-transit": k("scan_transit"), "out-for-delivery": k("scan_out"), "pickup-ready": k("scan_pickup"),
	"attempt-failed": k("scan_attempt"), "delivered": k("scan_delivered"), "exception": k("scan_exception"), "lost": k("scan_lost"),
	"returning": k("scan_returning"), "returned": k("scan_returned"),
}

// scanTitle is a tracking event in the visit's language: carriers write English, so that
// others read what it means, and the carrier's own words below it.
func (v *visit) scanTitle(e report.Tracking) (title, more string) {
	key, known := scanTitles[e.Kind]
	base, _ := v.words.Tag.Base()
	switch {
	case !known:
		return e.Words, ""
	case e.Words == "":
		return v.say(key), ""
	case base.String() == "en":
		return e.Words, ""
	}
	return v.say(key), e.Words
}

// scans are a parcel's tracking events, the newest first.
func (v *visit) scans(sh report.Shipment) []ui.Moment {
	var list []ui.Moment
	for _, e := range slices.Backward(sh.Events) {
		title, more := v.scanTitle(e)
		m := ui.Moment{State: "done", Icon: "circle", Title: title, When: v.moment(e.At), At: stamp(e.At)}
		place := v.scanPlace(e)
		m.Words = place
		if more != "" {
			m.Words = strings.TrimSuffix(more+" · "+place, " · ")
		}
		if len(list) == 0 && sh.State != "delivered" {
			m.State, m.Icon = "now", "map-pin"
		}
		if e.Kind == "exception" || e.Kind == "attempt-failed" || e.Kind == "lost" {
			m.State, m.Icon = "bad", "triangle-alert"
		}
		list = append(list, m)
	}
	return list
}

// scanPlace is where a scan was, with its country.
func (v *visit) scanPlace(e report.Tracking) string {
	place := e.Location
	if country := v.countryName(e.Country); e.Country != "" && !strings.Contains(strings.ToLower(place), strings.ToLower(country)) {
		place = strings.TrimPrefix(place+", "+country, ", ")
	}
	return place
}

// stops are a parcel's scans that have a place on the map.
func (v *visit) stops(sh report.Shipment) (list []ui.Stop) {
	for _, e := range sh.Events {
		if !e.Placed() {
			continue
		}
		title, _ := v.scanTitle(e)
		place := v.scanPlace(e)
		list = append(list, ui.Stop{Place: atlas.Point{Latitude: e.Latitude, Longitude: e.Longitude}, Name: place, Words: place + " · " + title + " · " + v.moment(e.At)})
	}
	return list
}

// mapWords say what the map of a parcel's way shows.
func mapWords(v *visit, p parcel) string {
	if len(p.Stops) == 0 {
		return ""
	}
	return v.say("parcel_map", "from", p.Stops[0].Name, "to", p.Stops[len(p.Stops)-1].Name)
}
