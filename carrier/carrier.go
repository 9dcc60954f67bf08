// Package carrier is the contract with whoever knows where a parcel is: a tracking
// service or a carrier's own system. Its facts are tracking events; what state a
// shipment is in is folded from them elsewhere, by their own time.
package carrier

import (
	"context"
	"net/http"
	"time"

	"doorstep/connector"
)

// Kind is what a tracking event says happened.
type Kind string

// The kinds of tracking event. A label made is not a scan: the parcel has not been seen.
const (
	LabelMade      Kind = "label-made"
	InTransit      Kind = "in-transit" // any scan by a carrier
	OutForDelivery Kind = "out-for-delivery"
	PickupReady    Kind = "pickup-ready"
	AttemptFailed  Kind = "attempt-failed"
	Delivered      Kind = "delivered"
	Exception      Kind = "exception"
	Lost           Kind = "lost"
	Returning      Kind = "returning"
	Returned       Kind = "returned"
	Unknown        Kind = "unknown" // words without a meaning we know: kept, changes nothing
)

// Event is one fact of a parcel's way. The same fact may come twice and in any order.
type Event struct {
	At       time.Time // the carrier's own time, UTC; where it gives only local time, that read as UTC
	Kind     Kind
	Words    string // the carrier's description
	Location string
	Country  string // ISO 3166 alpha-2, or empty
	Point    Point  // where that is on the map, if the service says so
}

// Point is a place on the map in millionths of a degree (WGS 84), north and east positive.
// The zero Point is no place: services write 0/0, which is in the sea, for what they do not know.
type Point struct{ Latitude, Longitude int64 }

// Parcel names what is tracked.
type Parcel struct {
	Number   string
	Carrier  string // our code of the carrier, as carrier/number gives it; empty if unknown
	Postcode string // some carriers ask for it
	Country  string // destination, ISO 3166 alpha-2
	Order    string // our order number, for the service's own list
}

// Track is all that the other side knows of one parcel.
type Track struct {
	Number     string
	Carrier    string // as the service names it, in our codes where known
	Events     []Event
	NextNumber string // the number of the last mile's carrier, when it changes on the way
	NextName   string // that carrier's name
	Expected   time.Time
	Stopped    bool  // the service no longer follows it
	Err        error // this parcel alone could not be read: of connector's kinds, or ErrNotFound
	Raw        []byte
}

// Connector reads tracks. Implementations are safe for parallel use.
type Connector interface {
	// Track reads parcels, each answered once in any order. An error is for the whole call.
	Track(ctx context.Context, parcels []Parcel) ([]Track, error)
	// Batch is the largest number of parcels in one Track or Register.
	Batch() int
}

// Registrar is a Connector that must be told of a parcel before it follows it.
// Registering twice is no error. The result has an entry per refused number.
type Registrar interface {
	Register(ctx context.Context, parcels []Parcel) (map[string]error, error)
}

// Receiver is a Connector that is sent messages. It verifies the raw bytes and
// translates; it makes no calls. Errors: connector.ErrForged, connector.ErrIgnored, or
// what is malformed. key names the message: the same key is the same message.
type Receiver interface {
	Receive(header http.Header, body []byte) (tracks []Track, key string, err error)
}

// Checker is a Connector that can say at once whether its settings work, for "test
// connection"; it changes nothing at the other side.
type Checker interface {
	Check(ctx context.Context) error
}

// Driver is a carrier connector that this binary knows.
type Driver struct {
	Name     string // "seventeentrack"
	Title    string
	Settings []connector.Setting
	Open     func(connector.Values, connector.Env) (Connector, error)
}
