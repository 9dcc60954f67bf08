package seventeentrack

import (
	"strings"

	"doorstep/carrier"
)

// kindOf translates a sub-status, a stage or a main status, the most telling first. An
// unknown sub-status keeps the meaning of its main one, which stands before the
// underscore. NotFound and Expired are no facts of the parcel's way: they say that
// 17TRACK knows nothing, or nothing new.
func kindOf(sub, stage, main string) carrier.Kind {
	for _, word := range []string{sub, stage, before(sub), main} {
		if k := kindOfWord(word); k != carrier.Unknown {
			return k
		}
	}
	return carrier.Unknown
}

func kindOfWord(word string) carrier.Kind {
	switch word {
	case "InfoReceived":
		return carrier.LabelMade // electronic notice: nobody has seen the parcel
	case "InTransit", "PickedUp", "Departure", "Arrival":
		return carrier.InTransit
	case "OutForDelivery":
		return carrier.OutForDelivery
	case "AvailableForPickup":
		return carrier.PickupReady
	case "DeliveryFailure":
		return carrier.AttemptFailed
	case "Delivered":
		return carrier.Delivered
	case "Exception":
		return carrier.Exception
	case "Exception_Lost", "Exception_Destroyed": // destroyed: it will not come either
		return carrier.Lost
	case "Exception_Returning", "Returning":
		return carrier.Returning
	case "Exception_Returned", "Returned":
		return carrier.Returned
	}
	return carrier.Unknown
}

func before(sub string) string {
	main, _, _ := strings.Cut(sub, "_")
	return main
}
