package emulator

import (
	"strings"

	"doorstep/connector/emulator"
)

// spot is latitude and longitude in degrees, written as 17TRACK writes them: in text.
type spot [2]string

// depots and hubs are where carriers of a country hand parcels over: in the land, and at the
// airport. Of other countries nothing is known, as with the real one.
var depots = map[string]spot{
	"CN": {"29.306600", "120.075100"}, "HK": {"22.337200", "114.147500"}, "TW": {"24.993600", "121.301000"}, "JP": {"35.549400", "139.779800"},
	"KR": {"37.481200", "126.882100"}, "IN": {"28.535500", "77.391000"}, "TR": {"41.037000", "28.985000"}, "DE": {"50.937500", "6.960300"},
	"GB": {"52.489500", "-1.898000"}, "FR": {"48.934000", "2.359000"}, "ES": {"40.416800", "-3.703800"}, "PT": {"41.157900", "-8.629100"},
	"IT": {"45.464200", "9.190000"}, "NL": {"51.924400", "4.477700"}, "BE": {"51.219400", "4.402500"}, "PL": {"51.759200", "19.456000"},
	"AT": {"48.208200", "16.373800"}, "CH": {"47.376900", "8.541700"}, "SE": {"57.708900", "11.974600"}, "NO": {"59.913900", "10.752200"},
	"DK": {"55.676100", "12.568300"}, "IE": {"53.349800", "-6.260300"}, "US": {"41.878100", "-87.629800"}, "CA": {"43.651000", "-79.347000"},
	"MX": {"19.432600", "-99.133200"}, "BR": {"-23.550500", "-46.633300"}, "AR": {"-34.603700", "-58.381600"}, "AU": {"-37.813600", "144.963100"},
	"NZ": {"-36.848500", "174.763300"}, "ZA": {"-26.204100", "28.047300"}, "AE": {"25.204800", "55.270800"}, "KW": {"29.375900", "47.977400"},
}

var hubs = map[string]spot{
	"CN": {"31.144300", "121.808300"}, "HK": {"22.308000", "113.918500"}, "TW": {"25.079700", "121.234200"}, "JP": {"35.772000", "140.392900"},
	"KR": {"37.460200", "126.440700"}, "IN": {"19.089600", "72.865600"}, "TR": {"41.275300", "28.751900"}, "DE": {"51.423900", "12.236400"},
	"GB": {"51.470000", "-0.454300"}, "FR": {"49.009700", "2.547900"}, "ES": {"40.498300", "-3.567600"}, "PT": {"38.774200", "-9.134200"},
	"IT": {"45.630600", "8.728100"}, "NL": {"52.310500", "4.768300"}, "BE": {"50.637400", "5.443200"}, "PL": {"52.165700", "20.967100"},
	"AT": {"48.110300", "16.569700"}, "CH": {"47.458200", "8.555500"}, "SE": {"59.649800", "17.923800"}, "NO": {"60.197600", "11.100400"},
	"DK": {"55.618000", "12.656000"}, "IE": {"53.426400", "-6.249900"}, "US": {"40.641300", "-73.778100"}, "CA": {"43.677700", "-79.624800"},
	"MX": {"19.436100", "-99.071900"}, "BR": {"-23.430600", "-46.473000"}, "AR": {"-34.815000", "-58.534800"}, "AU": {"-33.939900", "151.175300"},
	"NZ": {"-37.008200", "174.785000"}, "ZA": {"-26.136700", "28.241100"}, "AE": {"25.253200", "55.365700"}, "KW": {"29.226600", "47.968900"},
}

// cities are places of delivery, by country and name in small letters.
var cities = map[string]spot{
	"DE berlin": {"52.520000", "13.405000"}, "DE köln": {"50.937500", "6.960300"}, "DE hamburg": {"53.551100", "9.993700"}, "DE münchen": {"48.135100", "11.582000"},
	"DE leipzig": {"51.339700", "12.373100"}, "GB london": {"51.507200", "-0.127600"}, "GB bristol": {"51.454500", "-2.587900"}, "GB manchester": {"53.480800", "-2.242600"},
	"GB edinburgh": {"55.953300", "-3.188300"}, "FR paris": {"48.856600", "2.352200"}, "FR lyon": {"45.764000", "4.835700"}, "FR marseille": {"43.296500", "5.369800"},
	"ES madrid": {"40.416800", "-3.703800"}, "ES barcelona": {"41.387400", "2.168600"}, "PT lisboa": {"38.722300", "-9.139300"}, "PT porto": {"41.157900", "-8.629100"},
	"IT milano": {"45.464200", "9.190000"}, "IT roma": {"41.902800", "12.496400"}, "NL amsterdam": {"52.367600", "4.904100"}, "AT wien": {"48.208200", "16.373800"},
	"CH zürich": {"47.376900", "8.541700"}, "PL warszawa": {"52.229700", "21.012200"}, "SE stockholm": {"59.329300", "18.068600"}, "IE dublin": {"53.349800", "-6.260300"},
	"US new york": {"40.712800", "-74.006000"}, "US portland": {"45.515200", "-122.678400"}, "US austin": {"30.267200", "-97.743100"}, "US chicago": {"41.878100", "-87.629800"},
	"US san francisco": {"37.774900", "-122.419400"}, "US los angeles": {"34.052200", "-118.243700"}, "US seattle": {"47.606200", "-122.332100"},
	"CA toronto": {"43.653200", "-79.383200"}, "CA montréal": {"45.501700", "-73.567300"}, "BR campinas": {"-22.909900", "-47.062600"},
	"BR são paulo": {"-23.550500", "-46.633300"}, "BR recife": {"-8.053900", "-34.877000"}, "AU sydney": {"-33.868800", "151.209300"}, "JP tokyo": {"35.676200", "139.650300"},
}

// coordinates are where a scan was: known of depots, hubs and larger cities, and null of the
// label, which nobody scans, and of small places.
func coordinates(s emulator.Scan) map[string]any {
	at, known := placeOf(s)
	if !known {
		return map[string]any{"longitude": nil, "latitude": nil}
	}
	return map[string]any{"longitude": at[1], "latitude": at[0]}
}

func placeOf(s emulator.Scan) (at spot, known bool) {
	switch s.Step {
	case emulator.StepLabel:
		return at, false
	case emulator.StepPickedUp:
		at, known = depots[s.Country]
	case emulator.StepDeparted, emulator.StepArrived, emulator.StepLost, emulator.StepReturning:
		at, known = hubs[s.Country]
	case emulator.StepReturned:
		at, known = depots[s.Country]
	default:
		at, known = cities[s.Country+" "+strings.ToLower(s.Location)]
	}
	return at, known
}
