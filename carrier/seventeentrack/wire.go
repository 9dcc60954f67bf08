package seventeentrack

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"doorstep/carrier"
)

// The shapes of 17TRACK's JSON, as far as they are read. Every field may be null or
// missing; what is unknown is ignored, because the lists grow between versions.

type envelope struct {
	Code *int `json:"code"`
	Data struct {
		Accepted []json.RawMessage `json:"accepted"`
		Rejected []refusal         `json:"rejected"`
		Errors   []vendorError     `json:"errors"`
	} `json:"data"`
}

type vendorError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

type refusal struct {
	Number string      `json:"number"`
	Error  vendorError `json:"error"`
}

// item is a number in a request.
type item struct {
	Number  string `json:"number"`
	Carrier int    `json:"carrier,omitempty"` // left out: 17TRACK detects it
	Order   string `json:"order_no,omitempty"`
	Lang    string `json:"lang,omitempty"`
	Param   string `json:"param,omitempty"` // what some carriers ask for: a postcode
}

type parcel struct {
	Number string    `json:"number"`
	Status string    `json:"tracking_status"`
	Info   trackInfo `json:"track_info"`
}

type trackInfo struct {
	LatestStatus struct {
		Status string `json:"status"`
		Sub    string `json:"sub_status"`
	} `json:"latest_status"`
	LatestEvent *scan `json:"latest_event"`
	TimeMetrics struct {
		Estimate struct {
			From string `json:"from"`
			To   string `json:"to"`
		} `json:"estimated_delivery_date"`
	} `json:"time_metrics"`
	Misc struct {
		LocalNumber   string `json:"local_number"`
		LocalProvider string `json:"local_provider"`
	} `json:"misc_info"`
	Tracking struct {
		Providers []provider `json:"providers"`
	} `json:"tracking"`
}

type provider struct {
	Provider struct {
		Key  int    `json:"key"`
		Name string `json:"name"`
	} `json:"provider"`
	Events []scan `json:"events"`
}

type scan struct {
	ISO string `json:"time_iso"`
	UTC string `json:"time_utc"`
	Raw struct {
		Date string `json:"date"`
		Time string `json:"time"`
	} `json:"time_raw"`
	Description string `json:"description"`
	Location    string `json:"location"`
	Stage       string `json:"stage"`
	Sub         string `json:"sub_status"`
	Address     struct {
		Country string `json:"country"`
		State   string `json:"state"`
		City    string `json:"city"`
		Point   point  `json:"coordinates"`
	} `json:"address"`
}

// point is where a scan was, degrees in text: "-8.0539". It is an extra: what cannot be
// read is no point, and the scan still counts.
type point struct{ carrier.Point }

// UnmarshalJSON reads {"longitude": …, "latitude": …}, each a text, a number or null.
func (p *point) UnmarshalJSON(raw []byte) error {
	var degrees struct{ Latitude, Longitude any }
	if json.Unmarshal(raw, &degrees) != nil {
		return nil
	}
	latitude, north := millionths(degrees.Latitude, 90)
	longitude, east := millionths(degrees.Longitude, 180)
	if north && east {
		p.Point = carrier.Point{Latitude: latitude, Longitude: longitude}
	}
	return nil
}

// millionths are degrees in millionths, if they are degrees and not beyond the limit.
func millionths(said any, limit float64) (int64, bool) {
	degrees, is := said.(float64)
	if text, written := said.(string); written {
		read, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		degrees, is = read, err == nil
	}
	if !is || !(math.Abs(degrees) <= limit) { // not a number is not within any limit
		return 0, false
	}
	return int64(math.Round(degrees * 1e6)), true
}
