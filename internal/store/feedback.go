package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Feedback is what customers are asked after a delivery, and offered.
type Feedback struct {
	Ask         bool             // what do you think of it?
	Days        map[string]int64 // after the delivery, by country; "" is everywhere else; missing: by how long the parcel travelled
	PublishFrom int64            // stars from which a review is published at once; 0: never
	OfferDays   int64            // after the delivery; 0: no offers
	OfferCode   string           // that the offer names; may be empty
}

// AskAfter is how long after a delivery to a country somebody is asked; false where the store
// does not say.
func (f Feedback) AskAfter(country string) (time.Duration, bool) {
	days, set := f.Days[strings.ToUpper(country)]
	if !set {
		days, set = f.Days[""]
	}
	return time.Duration(days) * 24 * time.Hour, set
}

// maxFeedbackDays is how long after a delivery somebody may be written to.
const maxFeedbackDays = 180

// askDays is after how many days somebody is asked, everywhere or in a country.
func askDays(s *Settings, key, value string) error {
	country := strings.TrimPrefix(strings.TrimPrefix(key, "review.days"), ".")
	if country != "" && (len(country) != 2 || strings.ToUpper(country) != country) {
		return fmt.Errorf("%q is no country: two capital letters (ISO 3166), such as DE", country)
	}
	var days int64
	if err := upTo(func(*Settings) *int64 { return &days }, maxFeedbackDays)(s, key, value); err != nil {
		return err
	}
	s.Feedback.Days[country] = days
	return nil
}

// upTo is a whole number from 0 to most.
func upTo(field func(*Settings) *int64, most int64) func(*Settings, string, string) error {
	return func(s *Settings, _, value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > most {
			return fmt.Errorf("%q is no whole number from 0 to %d", value, most)
		}
		*field(s) = n
		return nil
	}
}
