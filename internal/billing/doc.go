// Package billing reads what suppliers bill and holds it against what was bought.
//
// A statement (or invoice) is a file of a supplier: its rows are charges, and credits with a
// negative amount. Each is matched to a purchase by our key or number, the supplier's order
// number, or a parcel's number. What agrees within the supplier's tolerance is done; what differs,
// is billed twice, or belongs to nothing that we know waits for a person:
//
//	matched    agrees with what was booked
//	differs    more or less than was booked      -> accepted, disputed, ignored
//	duplicate  its purchase was billed before     -> accepted, disputed, ignored
//	unmatched  no purchase of ours                -> linked to one, or ignored
//	credited   a credit that ended a demand of ours
package billing
