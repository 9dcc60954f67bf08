package mail

import "doorstep/money"

// Facts are what a kept answer may name of an order, before they are words.
type Facts struct {
	Number, Name, URL string
	Parcel, Carrier   string
	Reached           int // 1 confirmed, 2 shipped, 3 out for delivery, 4 delivered; 0: nothing to tell
	Expected          Window
	Total             money.Amount // no Currency: nothing to tell
}

// Values are the words for the names in a kept answer, "{number}" and so on, in the language
// of the brand's reader. What is not known is left out.
func Values(b Brand, f Facts) (map[string]string, error) {
	s := &scribe{words: book().For(b.Language), brand: b}
	by := map[string]string{"{number}": f.Number, "{name}": oneLine(f.Name), "{link}": webAddress(f.URL), "{parcel}": f.Parcel, "{carrier}": f.Carrier,
		"{window}": s.window(f.Expected), "{store}": oneLine(b.Name)}
	if f.Reached > 0 && f.Reached <= 4 {
		by["{state}"] = s.say([]string{"step_confirmed", "step_shipped", "step_out", "step_delivered"}[f.Reached-1])
	}
	if f.Total.Currency != "" {
		by["{total}"] = s.amount(f.Total)
	}
	for name, value := range by {
		if value == "" {
			delete(by, name)
		}
	}
	return by, s.err
}
