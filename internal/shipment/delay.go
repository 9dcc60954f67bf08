package shipment

// The stages of a parcel's way that take too long, as the codes of what people are told.
const (
	LateLabel = "late-label" // sold to us, and no parcel announced
	LateRest  = "late-rest"  // some parcels have left, and no further one was announced
	LateScan  = "late-scan"  // announced, and never seen by a carrier
	LateMove  = "late-move"  // on its way, and no news
	LateDoor  = "late-door"  // past the date that the customer was promised
)
