package mail

import "fmt"

// parcelKey chooses the words for one of several parcels where there are several.
func parcelKey(key string, p Parcel) string {
	if p.Of > 1 {
		return key + "_part"
	}
	return key
}

func parcelPairs(o Order, p Parcel) []string {
	return []string{"number", o.Number, "index", fmt.Sprint(p.Index), "of", fmt.Sprint(p.Of)}
}

func (v Shipped) letter(s *scribe) letter {
	pairs := parcelPairs(v.Order, v.Parcel)
	l := letter{
		Subject: s.say(parcelKey("shipped_subject", v.Parcel), pairs...),
		Preview: s.say("shipped_preview", "tracking", v.Parcel.Number),
		Title:   s.hello("shipped_title", v.Order.Name),
		Say:     []string{s.say(parcelKey("shipped_say", v.Parcel), pairs...)},
		Button:  s.link("track_parcel", v.Order.URL),
		Steps:   s.steps(2),
	}
	if w := s.window(v.Parcel.Expected); w != "" {
		l.Preview = s.say("shipped_expected", "window", w)
		l.Say = append(l.Say, l.Preview)
	}
	if v.Rest > 0 {
		l.Say = append(l.Say, s.count("rest", v.Rest))
	}
	l.Blocks = append(s.parcel(v.Parcel), s.lines(s.say("in_this_parcel"), v.Parcel.Lines)...)
	l.Blocks = append(l.Blocks, s.shipTo(v.ShipTo)...)
	return l
}

func (v OutForDelivery) letter(s *scribe) letter {
	pairs := parcelPairs(v.Order, v.Parcel)
	l := letter{
		Subject: s.say(parcelKey("out_subject", v.Parcel), pairs...),
		Preview: s.say("out_preview"),
		Title:   s.hello("out_title", v.Order.Name),
		Say:     []string{s.say(parcelKey("out_say", v.Parcel), pairs...)},
		Button:  s.link("track_parcel", v.Order.URL),
		Steps:   s.steps(3),
	}
	v.Parcel.Expected = Window{} // today is said already
	l.Blocks = append(s.parcel(v.Parcel), s.lines(s.say("in_this_parcel"), v.Parcel.Lines)...)
	l.Blocks = append(l.Blocks, s.shipTo(v.ShipTo)...)
	return l
}

func (v Delivered) letter(s *scribe) letter {
	pairs := append(parcelPairs(v.Order, v.Parcel), "day", s.day(v.At))
	l := letter{
		Subject: s.say(parcelKey("delivered_subject", v.Parcel), pairs...),
		Preview: s.say("delivered_preview"),
		Title:   s.hello("delivered_title", v.Order.Name),
		Say:     []string{s.say(parcelKey("delivered_say", v.Parcel), pairs...)},
		Button:  s.link("view_order", v.Order.URL),
		Steps:   s.steps(4),
	}
	if v.Rest > 0 {
		l.Say = append(l.Say, s.count("rest", v.Rest))
	}
	l.Say = append(l.Say, s.say("delivered_wrong"))
	v.Parcel.Expected = Window{}
	l.Blocks = append(s.parcel(v.Parcel), s.lines(s.say("in_this_parcel"), v.Parcel.Lines)...)
	return l
}

func (v Delayed) letter(s *scribe) letter {
	l := letter{
		Subject: s.say("delayed_subject", "number", v.Order.Number),
		Preview: s.say("delayed_unknown"),
		Title:   s.hello("delayed_title", v.Order.Name),
		Say:     []string{s.say("delayed_say", "number", v.Order.Number)},
		Button:  s.link("view_order", v.Order.URL),
	}
	if was := s.window(v.Was); was != "" {
		l.Say = []string{s.say("delayed_was", "number", v.Order.Number, "window", was)}
	}
	if w := s.window(v.Now); w != "" {
		l.Preview = s.say("delayed_now", "window", w)
	}
	l.Say = append(l.Say, l.Preview)
	if v.Reason != "" {
		l.Say = append(l.Say, oneLine(v.Reason))
	}
	l.Say = append(l.Say, s.say("delayed_sorry"))
	v.Parcel.Expected = Window{}
	l.Blocks = append(s.parcel(v.Parcel), s.lines(s.say("delayed_lines"), v.Parcel.Lines)...)
	return l
}

func (v Digest) letter(s *scribe) letter {
	n := int64(len(v.Items)) + v.More
	l := letter{
		Subject: s.count("digest_subject", n, "store", s.brand.Name),
		Preview: s.say("digest_preview"),
		Title:   s.count("digest_title", n),
		Say:     []string{s.say("digest_say")},
		Button:  s.link("open_dashboard", v.URL),
	}
	b := block{Notices: s.notices(v.Items)}
	if len(v.Items) > 0 {
		l.Preview = b.Notices[0].Title
	}
	if v.More > 0 {
		b.Note = s.count("digest_more", v.More)
	}
	l.Blocks = []block{b}
	return l
}

// notices are what waits for somebody, as the rows of a mail.
func (s *scribe) notices(items []Notice) (list []notice) {
	for _, it := range items {
		row := notice{Title: oneLine(it.Title), Detail: oneLine(it.Detail), URL: webAddress(it.URL), Urgent: it.Urgent}
		if !it.Since.IsZero() {
			row.Since = s.say("since", "day", s.day(it.Since))
		}
		list = append(list, row)
	}
	return list
}
