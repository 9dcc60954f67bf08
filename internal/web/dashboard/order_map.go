package dashboard

import (
	"strings"

	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/internal/web/ui/atlas"
)

// stops are a parcel's scans of which somebody says where on the map they were, oldest first.
func stops(v *visit, s report.Shipment) (list []ui.Stop) {
	for _, e := range s.Events {
		if !e.Placed() {
			continue
		}
		place := strings.Trim(e.Location+", "+e.Country, ", ")
		list = append(list, ui.Stop{Place: atlas.Point{Latitude: e.Latitude, Longitude: e.Longitude}, Name: place,
			Words: place + " · " + orText(e.Words, title(e.Kind)) + " · " + v.moment(e.At)})
	}
	return list
}

// routeWords say what the map of a parcel's way shows.
func routeWords(list []ui.Stop) string {
	if len(list) == 0 {
		return ""
	}
	return "Map of the parcel's way from " + list[0].Name + " to " + list[len(list)-1].Name
}
